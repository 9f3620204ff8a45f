#!/usr/bin/env python3
"""Writes clip-dissect-bundled.json: what CLIP-Dissect's own soft-WPMI gives for all neurons of the bundled study, with both
poles.

    make_clip_dissect_study_goldens.py FOLDER MICLIP

FOLDER is a copy of https://github.com/Trustworthy-ML-Lab/CLIP-dissect; its `similarity.py` is run as it is, on the CPU.
MICLIP is the program, which gives activations and embeddings. Needs torch, numpy, scipy, tqdm and matplotlib."""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
import similarity  # noqa: E402

root = Path(__file__).parents[2]
samples = root / "SampleData"
probe = samples / "fashion-mnist/train10k-images-idx3-ubyte.gz"
words = [word.strip() for word in (samples / "concepts.txt").read_text().splitlines() if word.strip() and not word.startswith("#")]


def array(verb, *arguments):
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        subprocess.run([sys.argv[2], verb, *map(str, arguments), "--output", file.name], check=True)
        return torch.tensor(np.load(file.name))


activations = array("activations", samples / "target-vit", probe, "--hook", "norm", "--pooling", "cls")
images = array("embed", samples / "clip", "--image", probe)
texts = array("embed", samples / "clip", *[part for word in words for part in ("--text", word)])
scores = similarity.soft_wpmi(images @ texts.T, torch.cat([activations, -activations], dim=1), device="cpu")
best = scores.max(dim=1)
(Path(__file__).parent / "clip-dissect-bundled.json").write_text(json.dumps(dict(
    concepts=words, first=best.indices.tolist(), best=[float(f"{v:.8g}") for v in best.values.tolist()],
    shown=4, scores=[float(f"{v:.8g}") for v in scores[:4].flatten().tolist()])) + "\n")
