"""Makes binary.csv beside it with Debian's python3-sklearn: /usr/bin/python3 binary.py

Each line has the rows to generate, and the measures of io.paritree.outcome.BinaryMeasures. Rows come from drawn.py: a
score with 24 bits, or a multiple of 1/steps; an outcome that is positive with the probability score ** 2 * slope; a
weight of 1, or one of 1, 1.25, ... 2.75.
"""

from pathlib import Path

import numpy
from drawn import bits, words
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score


def rows(count, seed, steps, slope, weighted):
    drawn = words(count, seed, 3)
    score = bits(drawn[:, 0], 24)
    if steps:
        score = numpy.floor(score * steps) / steps
    score = score.astype(numpy.float32).astype(numpy.float64)
    outcome = bits(drawn[:, 1], 53) < score * score * slope
    weight = 1 + (drawn[:, 2] & numpy.uint64(7)).astype(numpy.float64) / 4 if weighted else numpy.ones(count)
    return score, outcome.astype(int), weight


def effective(weight):
    return weight.sum() ** 2 / (weight**2).sum()


def error(auc, positives, negatives):
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (positives - 1) * (q1 - auc**2) + (negatives - 1) * (q2 - auc**2)
    return (variance / positives / negatives) ** 0.5


def measures(score, outcome, weight):
    auc = roc_auc_score(outcome, score, sample_weight=weight)
    clipped = numpy.clip(score, 1e-7, 1 - 1e-7)
    return [
        auc,
        error(auc, effective(weight[outcome == 1]), effective(weight[outcome == 0])),
        average_precision_score(outcome, score, sample_weight=weight),
        brier_score_loss(outcome, score, sample_weight=weight),
        log_loss(outcome, clipped, sample_weight=weight),
    ]


cases = [(1_000_000, 1, 0, 1.0, 0), (1_000_000, 2, 1000, 0.3, 0), (1_000_000, 3, 0, 0.5, 1)]
cases += [(50, 4, 0, 1.0, 0), (200, 5, 4, 0.8, 0), (2_000, 6, 20, 0.9, 1), (5_000, 7, 1, 1.0, 0), (5_000, 8, 0, 0.01, 1)]
lines = ["rows,seed,steps,slope,weighted,auc,auc_error,average_precision,brier,log_loss"]
for case in cases:
    score, outcome, weight = rows(*case)
    if case[2] == 1:
        outcome[::3] = 1
    lines.append(",".join([*map(str, case), *(repr(float(value)) for value in measures(score, outcome, weight))]))
Path(__file__).with_suffix(".csv").write_text("\n".join(lines) + "\n")
