#!/usr/bin/env python3
"""Writes statistics.json: SciPy's t quantiles and tails, one-tailed paired t-tests, and Holm's correction as statsmodels
has it, written out here. Needs scipy and numpy."""
import json
from pathlib import Path

import numpy as np
from scipy import stats

random = np.random.default_rng(5)
freedoms = [1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 19, 30, 99, 999, 50000]
tails = [0.5, 0.1, 0.05, 0.025, 0.005, 1e-6]
points = [-30.0, -2.5, -0.3, 0.0, 0.7, 1.96, 4.3, 12.0, 80.0]
pairs = []
for n in [2, 3, 5, 10, 200]:
    x, y = random.normal(1, 2, n).round(4), random.normal(0.5, 1, n).round(4)
    found = stats.ttest_rel(x, y, alternative="greater")
    both = stats.ttest_rel(x, y).confidence_interval(0.95)
    pairs.append(dict(x=x.tolist(), y=y.tolist(), t=float(found.statistic), p=float(found.pvalue),
                      halfWidth=float(both.high - both.low) / 2))
raw = random.uniform(0, 0.2, 12).round(5)
order = np.argsort(raw)
corrected = np.empty_like(raw)
corrected[order] = np.minimum(1, np.maximum.accumulate(raw[order] * np.arange(len(raw), 0, -1)))
golden = dict(
    quantiles=[dict(freedom=f, tail=t, t=float(stats.t.isf(t, f))) for f in freedoms for t in tails],
    tails=[dict(freedom=f, t=t, tail=float(stats.t.sf(t, f))) for f in freedoms for t in points],
    pairs=pairs, holm=dict(p=raw.tolist(), corrected=corrected.tolist()))
(Path(__file__).parent / "statistics.json").write_text(json.dumps(golden) + "\n")
