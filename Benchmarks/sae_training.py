#!/usr/bin/env python3
"""Trains a k-sparse autoencoder by `miclip sae train` and by PyTorch, the same steps, and prints both times.

  sae_training.py MICLIP STUDY [--features 768] [--k 16] [--steps 1000] [--batch 256] [--tokens 16]

STUDY has been extracted. Both take the probe activations (or with --tokens the sample of so many tokens an image that miclip
drew, which a first run of one step leaves in the study), top-k, the auxiliary loss, the projected decoder gradient and
Adam; neither time includes start-up. On a machine that does other things too, compare processor time: miclip's is of the
whole program, start-up included. `--threads 1` keeps PyTorch's threads from waiting for each other there. Needs torch
and safetensors.
"""
import argparse
import json
import os
import subprocess
import time
from pathlib import Path

import torch
from safetensors.torch import load_file

parser = argparse.ArgumentParser()
parser.add_argument("miclip")
parser.add_argument("study")
for name, value in dict(features=768, k=16, steps=1000, batch=256, threads=2, tokens=0, seed=int(time.time())).items():
    parser.add_argument("--" + name, type=int, default=value)
args = parser.parse_args()

torch.set_num_threads(args.threads)


def miclip(steps):
    tokens = ["--tokens", "--tokens-per-image", str(args.tokens)] if args.tokens else []
    return json.loads(subprocess.run(
        [args.miclip, "sae", "train", "--study", args.study, "--features", str(args.features), "--k", str(args.k),
         "--steps", str(steps), "--batch", str(args.batch), "--seed", str(args.seed), "--json", *tokens],
        check=True, capture_output=True, text=True).stdout)


if args.tokens:
    miclip(1)
report = miclip(args.steps)

used = os.times()
files = [load_file(f) for f in Path(args.study, "activations").glob("*.safetensors") if not f.name.startswith("sae-")]
files = [f["activations"] for f in files if "activations" in f]
if args.tokens:
    files = [f.flatten(0, 1) for f in files if f.dim() == 3 and f.shape[1] == args.tokens]
files = [f for f in files if f.dim() == 2]
data = max(files, key=lambda a: a.shape[1])  # Activations are wider than logits; probe or held-out, both serve.
torch.manual_seed(args.seed)


def train(x, m, k, steps, batch, alpha=1 / 4, dead_after=10_000, rate=5e-4):
    n, d = x.shape
    x = x * (d / (x - x.mean(0)).pow(2).sum(1).mean()).sqrt()
    decoder = torch.nn.functional.normalize(torch.randn(m, d), dim=1).requires_grad_()
    encoder = decoder.detach().clone().requires_grad_()
    be, bd = torch.zeros(m, requires_grad=True), x.mean(0).clone().requires_grad_()
    adam = torch.optim.Adam([encoder, decoder, be, bd], lr=rate, fused=True)
    idle = torch.zeros(m, dtype=torch.long)
    loss = 0.0
    for step in range(steps):
        if step % (n // batch) == 0:
            order = torch.randperm(n)
        at = step % (n // batch) * batch
        a = x[order[at:at + batch]]
        adam.param_groups[0]["lr"] = rate * min(1, (steps - step) / steps * 5)
        z = (a - bd) @ encoder.T + be
        values, indices = z.topk(k, dim=1)
        values = values.relu()
        rebuilt = torch.nn.functional.embedding_bag(indices, decoder, per_sample_weights=values, mode="sum") + bd
        e = a - rebuilt
        total = e.pow(2).sum() / (batch * d)
        dead = (idle >= dead_after).nonzero().squeeze(1)
        if len(dead):
            v, i = z[:, dead].topk(min(len(dead), max(k, d // 2)), dim=1)
            left = torch.nn.functional.embedding_bag(dead[i], decoder, per_sample_weights=v.relu(), mode="sum")
            total = total + alpha * (e.detach() - left).pow(2).sum() / (batch * d)
        adam.zero_grad()
        total.backward()
        with torch.no_grad():
            decoder.grad -= (decoder.grad * decoder).sum(1, keepdim=True) * decoder
        adam.step()
        with torch.no_grad():
            decoder /= decoder.norm(dim=1, keepdim=True)
            idle += batch
            idle[indices[values > 0]] = 0
            loss += e.pow(2).sum().item() / (batch * d) if step >= steps - 20 else 0
    return 1 - loss / 20


runs = []
for _ in range(2):
    began = time.perf_counter(), time.process_time()
    fit = train(data, args.features, args.k, args.steps, args.batch)
    runs.append((time.perf_counter() - began[0], time.process_time() - began[1]))
(wall, cpu), own = min(runs), used.children_user + used.children_system
print(f"miclip   {report['seconds']:.2f} s, processor {own:.2f} s  explained variance {report['explainedVariance']:.4f} (held out)")
print(f"PyTorch  {wall:.2f} s, processor {cpu:.2f} s  explained variance {fit:.4f} (last batches), {args.threads} threads")
print(f"PyTorch takes {wall / report['seconds']:.2f} times as long, {cpu / own:.2f} times the processor")
