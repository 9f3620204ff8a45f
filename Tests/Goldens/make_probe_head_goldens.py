#!/usr/bin/env python3
"""Writes probe-head.json: multinomial logistic regression as scikit-learn fits it, and the vote of the nearest neighbours. Needs
scikit-learn and numpy."""
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

random = np.random.default_rng(7)
images, units, classes, neighbours = 160, 12, 4, 20
labels = random.integers(0, classes, images)
centres = random.normal(0, 1, (classes, units))
activations = (3 + random.normal(0, 1.3, (images, units)) + centres[labels]).astype(np.float32).round(4)
a = activations.astype(np.float64)
means = a.mean(0)
scale = 1 / np.sqrt(((a - means) ** 2).mean())
fits = []
for shrinkage in (0.1, 1e-2, 1e-3):
    model = LogisticRegression(C=1 / (shrinkage * images), tol=1e-12, max_iter=100_000)
    model.fit((a - means) * scale, labels)
    weights = model.coef_ * scale
    bias = model.intercept_ - weights @ means
    logits = a @ weights.T + bias
    # Biases may be shifted together: the mean is taken off on both sides.
    loss = float(np.mean(np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1)) + logits.max(1)
                         - logits[np.arange(images), labels]))
    fits.append(dict(shrinkage=shrinkage, weights=(weights - weights.mean(0)).ravel().tolist(),
                     bias=(bias - bias.mean()).tolist(), loss=loss, predictions=logits.argmax(1).tolist()))
known, asked = np.arange(0, 120), np.arange(120, images)
rows = a / np.linalg.norm(a, axis=1, keepdims=True)
cosines = rows[asked] @ rows[known].T
right = 0
for row, image in enumerate(asked):
    near = np.argsort(-cosines[row], kind="stable")[:neighbours]
    votes = np.zeros(classes)
    np.add.at(votes, labels[known[near]], np.exp((cosines[row, near] - 1) / 0.07))
    right += votes.argmax() == labels[image]
golden = dict(units=units, classes=classes, activations=activations.ravel().tolist(), labels=labels.tolist(), fits=fits,
              known=known.tolist(), asked=asked.tolist(), accuracyOfNeighbours=right / len(asked))
(Path(__file__).parent / "probe-head.json").write_text(json.dumps(golden) + "\n")
