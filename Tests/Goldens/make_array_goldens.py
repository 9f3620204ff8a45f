#!/usr/bin/env python3
"""Writes arrays/: the same numbers as NumPy writes them, one by one, stored and deflated. Needs numpy."""
from pathlib import Path

import numpy as np

folder = Path(__file__).parent / "arrays"
folder.mkdir(exist_ok=True)
values = (np.arange(60).reshape(5, 4, 3) - 20) / 8
arrays = dict(single=values.astype(np.float32), double=values.astype(np.float64), half=values.astype(np.float16),
              labels=np.arange(-2, 3, dtype=np.int64), bytes=np.arange(5, dtype=np.uint8), flags=np.array([True, False]),
              paths=np.array(["a/one.png", "b/größer.png", ""]), raw=np.array([b"one", b"three"]), scalar=np.float32(2.5),
              empty=np.zeros((0, 3), np.float32))
np.savez(folder / "stored.npz", **arrays)
np.savez_compressed(folder / "deflated.npz", **arrays)
np.save(folder / "single.npy", arrays["single"])
np.save(folder / "fortran.npy", np.asfortranarray(values.astype(np.float32)[0]))
np.save(folder / "big.npy", values.astype(">f4"))
np.save(folder / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)

# A layer to import: three classes of twenty images, six units, a concept space of four dimensions.
random = np.random.default_rng(2)
labels = np.arange(60) % 3
concepts = np.eye(3, 4) + 0.1
activations = (random.normal(0, 0.5, (60, 6)) + 3 * np.eye(3, 6)[labels]).astype(np.float32).round(3)
weight, bias = np.eye(3, 6).astype(np.float32), np.array([0, 0.1, -0.1], np.float32)
layer = dict(activations=activations, labels=labels, classes=np.array(["anchor", "barrel", "cactus"]),
             image_embeddings=(concepts[labels] + random.normal(0, 0.1, (60, 4))).astype(np.float32).round(3),
             class_embeddings=concepts.astype(np.float32))
np.savez_compressed(folder / "layer.npz", **layer)
np.savez(folder / "headed.npz", **layer, logits=activations @ weight.T + bias, head_weight=weight, head_bias=bias)
