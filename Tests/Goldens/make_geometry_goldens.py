#!/usr/bin/env python3
"""Writes geometry.json: scikit-learn's t-SNE, silhouette and trustworthiness on five Gaussians. Needs scikit-learn, numpy.

scikit-learn's exact method starts from the same principal plane; layouts differ by rounding, so the divergence and the
trustworthiness are what is compared.
"""
import json
from pathlib import Path

import numpy as np
from sklearn.datasets import make_blobs
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities
from sklearn.metrics import silhouette_samples, silhouette_score
from sklearn.metrics.pairwise import euclidean_distances
from scipy.spatial.distance import squareform

points, labels = make_blobs(n_samples=120, n_features=8, centers=5, cluster_std=2.0, random_state=3)
points = points.round(3).astype(np.float32)
model = TSNE(perplexity=15, init="pca", method="exact", random_state=0)
layout = model.fit_transform(points)
affinities = squareform(_joint_probabilities(euclidean_distances(points, squared=True), 15, 0))
unit = points / np.linalg.norm(points, axis=1, keepdims=True)
golden = dict(
    points=[round(float(v), 3) for v in points.ravel()], width=8, labels=labels.tolist(), perplexity=15,
    affinities=[float(f"{v:.6g}") for v in affinities[0]],
    divergence=float(model.kl_divergence_), trustworthiness=float(trustworthiness(points, layout, n_neighbors=10)),
    silhouette=float(silhouette_score(unit, labels, metric="cosine")))
(Path(__file__).parent / "geometry.json").write_text(json.dumps(golden) + "\n")
print(golden["divergence"], golden["trustworthiness"], golden["silhouette"])
