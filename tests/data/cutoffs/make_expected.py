"""Cutoffs of sets of normal controls by scipy; writes expected.json beside this file. Run with scipy 1.x and numpy."""

import json
import pathlib

import numpy as np
from scipy import stats

SETS = {
    "worked example": [[x, 200] for x in [0, 1, 2, 0, 3, 1, 2, 4, 1, 0, 2, 3, 1, 2, 5, 0, 1, 2, 3, 2]],
    "unequal numbers of nuclei": [
        [2, 95], [3, 110], [1, 140], [4, 62], [0, 88], [5, 131], [2, 77], [3, 101], [1, 93], [6, 150],
        [2, 55], [0, 60], [4, 120], [3, 98], [2, 104], [1, 71], [5, 99], [2, 87], [3, 115], [1, 66],
    ],
    "more scatter than chance": [
        [0, 100], [12, 100], [1, 100], [2, 100], [14, 100], [0, 100], [1, 100], [9, 100], [3, 100], [0, 100],
        [11, 100], [1, 100], [2, 100], [0, 100], [8, 100], [1, 100], [10, 100], [2, 100], [0, 100], [1, 100],
    ],
    "nothing rearranged": [[0, 80]] * 20,
}

found = []
for name, controls in SETS.items():
    for confidence in (0.95, 0.99):
        x, n = np.array(controls).T
        cells = int(n.min())
        share = x / n
        pooled = x.sum() / n.sum()
        scatter = None
        if x.sum():
            chi = stats.chi2_contingency([x, n - x], correction=False)
            scatter = [float(chi[0]), float(chi[1])]
        found.append({
            "name": name,
            "controls": controls,
            "confidence": confidence,
            "cells": cells,
            "betainv_percent": float(100 * stats.beta.ppf(confidence, x + 1, n).max()),
            "clopper_pearson_percent": float(100 * stats.beta.ppf(confidence, x + 1, n - x).max()),
            "critbinom": int(stats.binom.ppf(confidence, cells, pooled)) if pooled else 0,
            "mean_3sd_percent": float(100 * (share.mean() + 3 * share.std(ddof=1))),
            "scatter": scatter,
            "deviation_factor": float(np.sqrt((len(x) - 1) / stats.chi2.ppf(0.05, len(x) - 1))),
        })
text = json.dumps(found, indent=1)
pathlib.Path(__file__).with_name("expected.json").write_text(text + "\n")
