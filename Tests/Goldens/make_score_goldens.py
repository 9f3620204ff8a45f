#!/usr/bin/env python3
"""Writes scores.json: scikit-learn's average precision and area under the ROC curve, SciPy's Pearson, F1, and the
mean difference, of activations with and without ties. Needs scikit-learn, scipy and numpy."""
import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

random = np.random.default_rng(11)
cases = []
for size, share, strength, digits in [(40, 0.5, 1, 6), (200, 0.1, 2, 6), (200, 0.1, 0, 1), (300, 0.02, 1, 0), (50, 0.3, -1, 6)]:
    present = random.random(size) < share
    present[0] = True
    activations = (random.normal(0, 1, size) + strength * present).round(digits).astype(np.float32)
    without = activations[~present].astype(float)
    case = dict(
        activations=activations.tolist(), present=present.tolist(),
        auprc=float(average_precision_score(present, activations)), auc=float(roc_auc_score(present, activations)),
        pearson=float(stats.pearsonr(activations, present).statistic),
        mad=float((activations[present].astype(float).mean() - without.mean()) / without.std()))
    taken = np.argsort(-activations, kind="stable")[: present.sum()]
    if digits == 6:  # without ties
        chosen = np.zeros(size, bool)
        chosen[taken] = True
        case["f1"] = float(f1_score(present, chosen))
    cases.append(case)
(Path(__file__).parent / "scores.json").write_text(json.dumps(cases) + "\n")
