"""Statistics of agreement by statsmodels and scipy; writes expected.json beside this file.

    python -m venv venv && venv/bin/pip install statsmodels==0.15.0 scipy==1.17.1
    venv/bin/python tests/data/agreement/make_expected.py

Passing and Bablok's line is computed from angles, Deming's by a singular value decomposition: other ways than the crate's.
"""

import json
import pathlib

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.formula.api import ols
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

# Peak flow by two meters (l/min): Bland and Altman 1986, table 1, first readings of the large and of the mini meter.
LARGE = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
# Percentages such as a laboratory has: ties at 0, and one stray value.
MANUAL = [0, 0, 2, 4, 4, 6, 8, 10, 12, 16, 20, 24, 28, 34, 40, 46, 54, 60, 70, 82]
PROGRAM = [1, 3, 2.5, 6.5, 5, 9, 8.5, 14, 13.5, 21, 23, 25, 33, 35.5, 45, 47, 60, 61, 44, 88]
TABLES = {
    "two classes": [[20, 5], [10, 15]],
    "IHC by two readers": [[40, 6, 1, 0], [5, 22, 7, 1], [0, 4, 18, 6], [0, 1, 3, 26]],
    "an unused class": [[12, 0, 1], [0, 0, 0], [2, 0, 9]],
    "worse than chance": [[2, 9], [11, 1]],
}
REPEATS = {
    "balanced": [[12.0, 14.5, 11.0], [31.0, 28.0, 30.5], [55.0, 58.5, 51.0], [3.0, 2.0, 4.5]],
    "unequal": [[12.0, 14.5, 11.0, 13.0], [31.0, 28.0], [55.0], [3.0, 2.0, 4.5]],
    "no scatter between": [[10.0, 20.0], [20.0, 10.0], [14.0, 16.0]],
}
BLANKS = [0.0, 0.5, 1.0, 0.0, 1.5, 0.5, 1.0, 2.0, 0.5, 0.0, 1.0, 1.5, 0.5, 1.0, 2.5, 0.0, 0.5, 1.0, 1.5, 1.0]
LEVEL = 0.95


def kappas():
    for name, table in TABLES.items():
        for weights, wt in (("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")):
            found = cohens_kappa(np.array(table), wt=wt)
            yield {"name": name, "counts": table, "weights": weights, "kappa": found.kappa, "standard_error": found.std_kappa}


def proportions():
    for x, n in ((27, 30), (0, 12), (40, 40), (1, 7)):
        wilson = proportion_confint(x, n, 1 - LEVEL, "wilson")
        exact = proportion_confint(x, n, 1 - LEVEL, "beta")
        yield {"positive": x, "total": n, "wilson": list(wilson), "clopper_pearson": list(exact)}


def bland_altman(x, y):
    d, m = np.subtract(y, x), np.add(x, y) / 2
    n, z = len(d), stats.norm.ppf((1 + LEVEL) / 2)
    t = stats.t.ppf((1 + LEVEL) / 2, n - 1)
    sd = d.std(ddof=1)
    half = t * np.sqrt(sd**2 * (1 / n + z**2 / (2 * (n - 1))))
    line = sm.OLS(d, sm.add_constant(m)).fit()
    low, high = line.conf_int(1 - LEVEL)[1]
    return {
        "bias": [d.mean(), *stats.t.interval(LEVEL, n - 1, d.mean(), sd / np.sqrt(n))],
        "sd": sd,
        "lower_limit": [d.mean() - z * sd, d.mean() - z * sd - half, d.mean() - z * sd + half],
        "upper_limit": [d.mean() + z * sd, d.mean() + z * sd - half, d.mean() + z * sd + half],
        "slope": [line.params[1], low, high],
    }


def deming_line(x, y, ratio):
    scaled = np.column_stack([x, np.array(y) / np.sqrt(ratio)])
    axis = np.linalg.svd(scaled - scaled.mean(axis=0))[2][0]
    slope = np.sqrt(ratio) * axis[1] / axis[0]
    return slope, np.mean(y) - slope * np.mean(x)


def deming(x, y, ratio, at):
    x, y = np.array(x, float), np.array(y, float)
    n = len(x)

    def figures(keep):
        slope, intercept = deming_line(x[keep], y[keep], ratio)
        return np.array([slope, intercept, intercept + (slope - 1) * at])

    all_values = figures(np.arange(n))
    without = np.array([figures(np.arange(n) != i) for i in range(n)])
    error = np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    half = stats.t.ppf((1 + LEVEL) / 2, n - 2) * error
    slope, intercept, bias = ([v, v - h, v + h] for v, h in zip(all_values, half))
    return {"ratio": ratio, "slope": slope, "intercept": intercept, "at": at, "bias_at": bias}


def passing_bablok(x, y):
    n = len(x)
    i, j = np.triu_indices(n, 1)
    dx, dy = np.subtract(x, 0)[j] - np.array(x)[i], np.subtract(y, 0)[j] - np.array(y)[i]
    keep = ((dx != 0) | (dy != 0)) & (dx + dy != 0)
    # Directions from -45 to 135 degrees: those below -1 follow after the vertical ones.
    angles = np.arctan2(dy, dx)[keep]
    angles = np.sort(np.mod(angles + np.pi / 4, np.pi) - np.pi / 4)
    slopes, count = np.tan(angles), len(angles)
    # By place: those after the vertical ones are negative numbers.
    slope = (slopes[(count - 1) // 2] + slopes[count // 2]) / 2
    rank = int(np.floor((count - stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt(n * (n - 1) * (2 * n + 5) / 18)) / 2 + 0.5))
    low, high = slopes[rank - 1], slopes[count - rank]
    cut = [np.median(np.array(y) - b * np.array(x)) for b in (slope, high, low)]
    return {"slope": [slope, low, high], "intercept": cut}


def comparisons():
    for name, x, y in (("peak flow", LARGE, MINI), ("percentages", MANUAL, PROGRAM)):
        yield {
            "name": name,
            "pairs": [[float(a), float(b)] for a, b in zip(x, y)],
            "bland_altman": bland_altman(x, y),
            "deming": [deming(x, y, ratio, 15.0) for ratio in (1.0, 2.5)],
            "passing_bablok": passing_bablok(x, y),
        }


def precisions():
    for name, groups in REPEATS.items():
        frame = pd.DataFrame([(i, v) for i, group in enumerate(groups) for v in group], columns=["g", "v"])
        table = sm.stats.anova_lm(ols("v ~ C(g)", frame).fit())
        between, within = table.loc["C(g)", "mean_sq"], table.loc["Residual", "mean_sq"]
        degrees = int(table.loc["Residual", "df"])
        sizes = np.array([len(group) for group in groups])
        size = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(groups) - 1)
        limits = [np.sqrt(degrees * within / stats.chi2.ppf(p, degrees)) for p in ((1 + LEVEL) / 2, (1 - LEVEL) / 2)]
        yield {
            "name": name,
            "groups": groups,
            "degrees": degrees,
            "mean": frame.v.mean(),
            "repeatability_sd": [np.sqrt(within), *limits],
            "between_sd": np.sqrt(max(0.0, (between - within) / size)),
        }


def detections():
    for cells, positive_from in ((50, 8), (100, 15), (100, 1), (200, 11), (60, 60)):
        power = lambda p: stats.binom.sf(positive_from - 1, cells, p) - 0.95
        share = optimize.brentq(power, 1e-9, 1 - 1e-12, xtol=1e-15, rtol=1e-14)
        yield {"cells": cells, "positive_from": positive_from, "percent": 100 * share}


def blank():
    n = len(BLANKS)
    factor = stats.norm.ppf(LEVEL) / (1 - 1 / (4 * (n - 1)))
    return {
        "values": BLANKS,
        "by_ranks": np.quantile(BLANKS, LEVEL, method="hazen"),
        "by_deviation": np.mean(BLANKS) + factor * np.std(BLANKS, ddof=1),
    }


expected = {
    "level": LEVEL,
    "kappa": list(kappas()),
    "proportions": list(proportions()),
    "comparisons": list(comparisons()),
    "precision": list(precisions()),
    "detection": list(detections()),
    "blank": blank(),
}
path = pathlib.Path(__file__).with_name("expected.json")
path.write_text(json.dumps(expected, indent=1, default=float) + "\n")
