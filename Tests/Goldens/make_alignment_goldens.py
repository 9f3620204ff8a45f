#!/usr/bin/env python3
"""Writes alignment.json: PyTorch's symmetric InfoNCE with its gradients, and five steps of AdamW. Needs torch."""
import json
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy, normalize

torch.manual_seed(0)
z = normalize(torch.randn(12, 6), dim=1).requires_grad_()
t = normalize(torch.randn(12, 6), dim=1)
log_scale = torch.tensor(1.7, requires_grad=True)
scores = log_scale.exp() * z @ t.T
target = torch.arange(len(z))
loss = 0.5 * (cross_entropy(scores, target) + cross_entropy(scores.T, target))
loss.backward()

parameter = t.clone().requires_grad_()
optimizer = torch.optim.AdamW([parameter], lr=0.01, weight_decay=0.1)
for step in range(1, 6):
    parameter.grad = z.detach() * step
    optimizer.step()

flat = lambda x: [round(v, 9) for v in x.detach().flatten().tolist()]
golden = dict(shape=list(z.shape), z=flat(z), t=flat(t), logScale=log_scale.item(), loss=loss.item(), dz=flat(z.grad),
              logScaleGradient=log_scale.grad.item(), adamw=flat(parameter))
(Path(__file__).parent / "alignment.json").write_text(json.dumps(golden) + "\n")
