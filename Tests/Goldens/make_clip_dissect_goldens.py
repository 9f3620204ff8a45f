#!/usr/bin/env python3
"""Writes clip-dissect.json: what CLIP-Dissect's own similarity functions give for 1,000 random units.

    make_clip_dissect_goldens.py FOLDER

FOLDER is a copy of https://github.com/Trustworthy-ML-Lab/CLIP-dissect; its `similarity.py` is run as it is, on the CPU.
Needs torch, numpy, scipy, tqdm and matplotlib. The units are drawn by splitmix64, so that the test can draw them too."""
import json
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
import similarity  # noqa: E402

IMAGES, UNITS, CONCEPTS, SHOWN = 600, 1000, 40, 12


def mixed(seed, rows, columns):
    """[rows, columns] of 64-bit numbers: splitmix64's output for each place."""
    x = np.arange(rows * columns, dtype=np.uint64) + np.uint64(seed << 40)
    x = x * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (x ^ (x >> np.uint64(31))).reshape(rows, columns)


# Ranks of random numbers, so that no two images of a unit are equal; the cube gives a few images most of the weight.
ranks = mixed(1, UNITS, IMAGES).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
activations = torch.tensor((((ranks - 250) / IMAGES) ** 3).astype(np.float32).T.copy())
cosines = torch.tensor((0.15 + 0.2 * (mixed(2, IMAGES, CONCEPTS) >> np.uint64(40)) / 2**24).astype(np.float32))
torch.manual_seed(0)
golden = dict(images=IMAGES, units=UNITS, concepts=CONCEPTS, shown=SHOWN)
for name in ["soft_wpmi", "wpmi", "rank_reorder", "cos_similarity_cubed"]:
    scores = getattr(similarity, name)(cosines, activations, device="cpu")
    golden[name] = dict(first=scores.argmax(dim=1).tolist(),
                        scores=[float(f"{v:.8g}") for v in scores[:SHOWN].flatten().tolist()])
(Path(__file__).parent / "clip-dissect.json").write_text(json.dumps(golden) + "\n")
