"""Makes two_models.csv beside it with Debian's python3-sklearn: /usr/bin/python3 two_models.py

Each line has the rows to generate, and differences of io.paritree.outcome.OutcomeDifference with their intervals. Rows
come from drawn.py: a score with 24 bits, or a multiple of 1/steps; the other model's score, its mean with another
number; what came, which is likely as the other score says; a weight. Rows i and i + 1 have the unit i / 2. A resample
has a unit as often as a Poisson number of mean 1 that is drawn from a hash of both.
"""

from math import exp, factorial
from pathlib import Path

import numpy
from drawn import GOLDEN, bits, mix, words
from sklearn.metrics import brier_score_loss, log_loss, mean_absolute_error, mean_squared_error, roc_auc_score

RESAMPLES = 200
AT_MOST = numpy.cumsum([exp(-1) / factorial(times) for times in range(16)])


def times(units, resample):
    with numpy.errstate(over="ignore"):
        drawn = bits(mix(units.astype(numpy.uint64) + numpy.uint64(resample + 1) * GOLDEN), 53)
    return (drawn[:, None] >= AT_MOST[None, :]).sum(axis=1)


def rows(count, seed, steps):
    drawn = words(count, seed, 4)
    score = bits(drawn[:, 0], 24)
    other = (score + bits(drawn[:, 1], 24)) / 2
    if steps:
        score, other = numpy.floor(score * steps) / steps, numpy.floor(other * steps) / steps
    score, other = score.astype(numpy.float32).astype(float), other.astype(numpy.float32).astype(float)
    outcome = (bits(drawn[:, 2], 53) < other).astype(int)
    value = bits(drawn[:, 2], 24)
    weight = 1 + (drawn[:, 3] & numpy.uint64(7)).astype(float) / 4
    return score, other, outcome, value, weight


def binary(score, outcome, weight):
    return [
        roc_auc_score(outcome, score, sample_weight=weight),
        brier_score_loss(outcome, score, sample_weight=weight),
        log_loss(outcome, numpy.clip(score, 1e-7, 1 - 1e-7), sample_weight=weight),
    ]


def values(score, value, weight):
    return [
        numpy.average(score - value, weights=weight),
        mean_absolute_error(value, score, sample_weight=weight),
        mean_squared_error(value, score, sample_weight=weight) ** 0.5,
    ]


def differences(score, other, outcome, value, weight):
    one = binary(score, outcome, weight) + values(score, value, weight)
    another = binary(other, outcome, weight) + values(other, value, weight)
    return numpy.array(another) - numpy.array(one)


cases = [(2_000, 1, 0), (1_000, 2, 20), (400, 3, 0)]
names = "auc brier log_loss mean_error mae rmse".split()
lines = ["rows,seed,steps," + ",".join(f"{name},{name}_low,{name}_high" for name in names)]
for case in cases:
    *columns, weight = rows(*case)
    units = numpy.arange(case[0]) // 2
    all_of_them = differences(*columns, weight)
    resampled = []
    for resample in range(RESAMPLES):
        own = weight * times(units, resample)
        is_there = own > 0
        resampled.append(differences(*(column[is_there] for column in columns), own[is_there]))
    low, high = numpy.percentile(resampled, [2.5, 97.5], axis=0)
    cells = [repr(float(cell)) for triple in zip(all_of_them, low, high) for cell in triple]
    lines.append(",".join([*map(str, case), *cells]))
Path(__file__).with_suffix(".csv").write_text("\n".join(lines) + "\n")
