#!/usr/bin/env python3
"""Writes dissection.json: Network Dissection (Bau et al. 2017) of random activations and masks by its definition, with
PyTorch's bilinear interpolation. Two layers of one category, a category that some images lack, labels of whole images.
Needs numpy and torch."""
import json
from pathlib import Path

import numpy as np
import torch

random = np.random.default_rng(14)
images, rows, columns, units, height, width, share = 7, 5, 4, 6, 21, 13, 0.1
activations = random.normal(0, 1, (images, rows, columns, units)).astype(np.float32)
activations[..., 2] = np.maximum(activations[..., 2], 0)
activations[..., 3] = 0
flat = activations.reshape(-1, units)
above = max(1, int(share * len(flat)))
thresholds = np.sort(flat, axis=0)[::-1][above]
assert ((flat > thresholds).sum(axis=0)[[0, 1, 2, 4, 5]] == above).all()

masks, whole = [], []
for image in range(images):
    layers = [(0, random.integers(0, 4, (height, width))), (0, random.integers(0, 2, (height, width)) * 7)]
    if image % 3:
        layers.append((1, random.integers(0, 3, (height, width))))
    masks.append(layers)
    whole.append([(2, 9)] if image == 4 else [(2, 8), (2, 9)] if image == 5 else [])

both, of_units, of_labels = {}, np.zeros((3, units)), {}
for image in range(images):
    maps = torch.from_numpy(activations[image]).permute(2, 0, 1)[None].double()
    large = torch.nn.functional.interpolate(maps, (height, width), mode="bilinear", align_corners=False)[0].numpy()
    active = large > thresholds[:, None, None].astype(np.float64)
    present = {category for category, labels in masks[image] if labels.any()} | {category for category, _ in whole[image]}
    for category in present:
        of_units[category] += active.sum(axis=(1, 2))
    regions = [(category, label, labels == label) for category, labels in masks[image] for label in np.unique(labels) if label]
    regions += [(category, label, np.ones((height, width), bool)) for category, label in whole[image]]
    for category, label, region in regions:
        key = (category, int(label))
        of_labels[key] = of_labels.get(key, 0) + int(region.sum())
        both[key] = both.get(key, 0) + (active & region).sum(axis=(1, 2))
overlaps = [
    dict(category=key[0], label=key[1],
         iou=(both[key] / np.maximum(of_units[key[0]] + of_labels[key] - both[key], 1)).tolist())
    for key in sorted(both)
]
golden = dict(
    images=images, rows=rows, columns=columns, units=units, height=height, width=width, share=share,
    activations=activations.reshape(-1).tolist(), thresholds=thresholds.tolist(),
    masks=[[dict(category=c, labels=l.reshape(-1).tolist()) for c, l in layers] for layers in masks],
    whole=[[dict(category=c, label=l) for c, l in labels] for labels in whole], overlaps=overlaps)
(Path(__file__).parent / "dissection.json").write_text(json.dumps(golden) + "\n")
