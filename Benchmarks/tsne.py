#!/usr/bin/env python3
"""Lays points out by `miclip-bench map` and by scikit-learn, the same t-SNE, and prints times and quality of both.

  tsne.py .build/release/miclip-bench [3000 10000 20000]

Points are unit vectors of 64 dimensions about 40 centres, as unit embeddings are. Both run 1,000 iterations at perplexity
30 from the principal plane, with Barnes and Hut's tree (theta 0.5). Up to 3,000 points ours is exact by itself: then the
tree is shown beside it. Trustworthiness is of 15
neighbours; the divergence is computed here, exactly, for both alike. Needs scikit-learn, scipy and safetensors.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file
from scipy.spatial.distance import squareform
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities_nn
from sklearn.neighbors import NearestNeighbors

PERPLEXITY = 30


def affinities(points):
    k = int(3 * PERPLEXITY)
    graph = NearestNeighbors(n_neighbors=k).fit(points).kneighbors_graph(mode="distance")
    graph.data **= 2
    return _joint_probabilities_nn(graph, PERPLEXITY, 0).tocoo()


def divergence(p, layout):
    """KL(P || Q) over the neighbours in P, with Q normalised over all pairs."""
    z = 0.0
    for start in range(0, len(layout), 1000):
        d = ((layout[start:start + 1000, None] - layout[None]) ** 2).sum(-1)
        z += (1 / (1 + d)).sum()
    z -= len(layout)
    d = ((layout[p.row] - layout[p.col]) ** 2).sum(-1)
    return float((p.data * (np.log(np.maximum(p.data, 1e-300)) + np.log1p(d) + np.log(z)))[p.data > 0].sum())


bench, sizes = sys.argv[1], [int(n) for n in sys.argv[2:]] or [3000, 10000, 20000]
random = np.random.default_rng(0)
centres = random.normal(size=(40, 64))
print("points  program       seconds  processor  divergence  trustworthiness")
for n in sizes:
    points = centres[random.integers(40, size=n)] + 0.7 * random.normal(size=(n, 64))
    points = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    p = affinities(points)

    def row(name, seconds, processor, layout):
        layout = layout.astype(np.float64)
        print(f"{n:6}  {name:12}  {seconds:7.1f}  {processor:9.1f}  {divergence(p, layout):10.4f}"
              f"  {trustworthiness(points[:5000], layout[:5000], n_neighbors=15):.4f}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "points.safetensors"), Path(folder, "layout.safetensors")
        save_file({"points": points}, given)
        for name in (["miclip exact"] if n <= 3000 else []) + ["miclip tree"]:
            how = ["tree"] if name == "miclip tree" else []
            before = os.times()
            text = subprocess.run([bench, "map", given, made, *how], check=True, capture_output=True, text=True).stdout
            used = os.times()
            processor = used.children_user + used.children_system - before.children_user - before.children_system
            row(name, json.loads(text)["seconds"], processor, load_file(made)["layout"])
    began = time.perf_counter(), time.process_time()
    layout = TSNE(perplexity=PERPLEXITY, init="pca", random_state=0, n_jobs=2).fit_transform(points)
    row("scikit-learn", time.perf_counter() - began[0], time.process_time() - began[1], layout)
