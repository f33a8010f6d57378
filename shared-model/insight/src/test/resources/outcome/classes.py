"""Makes classes.csv beside it with Debian's python3-sklearn: /usr/bin/python3 classes.py

Each line has the rows to generate, and the measures of io.paritree.outcome.ClassMeasures. Rows come from drawn.py: the
probabilities of a row are what lies between sorted multiples of 1/steps; the class that came has the row's probability,
or is any class, each in half of the rows; the label is the first of the most probable classes.
"""

from pathlib import Path

import numpy
from drawn import bits, words
from sklearn.metrics import accuracy_score, log_loss, recall_score, roc_auc_score


def rows(count, seed, classes, steps, weighted):
    drawn = words(count, seed, classes + 2)
    cuts = numpy.sort(numpy.floor(bits(drawn[:, : classes - 1], 24) * steps), axis=1)
    edges = numpy.concatenate([numpy.zeros((count, 1)), cuts, numpy.full((count, 1), steps)], axis=1)
    scores = numpy.diff(edges, axis=1) / steps
    chance = bits(drawn[:, classes - 1], 53)
    below = numpy.cumsum(scores, axis=1)
    likely = numpy.minimum((below <= chance[:, None]).sum(axis=1), classes - 1)
    any_class = numpy.floor(bits(drawn[:, classes], 24) * classes).astype(int)
    outcome = numpy.where((drawn[:, classes + 1] & numpy.uint64(1)).astype(bool), likely, any_class)
    weight = 1 + ((drawn[:, classes + 1] >> numpy.uint64(1)) & numpy.uint64(7)).astype(float) / 4 if weighted else numpy.ones(count)
    return scores, outcome, scores.argmax(axis=1), weight


def measures(scores, outcome, label, weight):
    classes = list(range(scores.shape[1]))
    given = numpy.maximum(scores[numpy.arange(len(outcome)), outcome], 1e-7)
    loss = -(weight * numpy.log(numpy.minimum(given, 1 - 1e-7))).sum() / weight.sum()
    whole = given > 1e-7
    theirs = log_loss(outcome[whole], scores[whole], sample_weight=weight[whole], labels=classes)
    ours = -(weight[whole] * numpy.log(given[whole])).sum() / weight[whole].sum()
    assert abs(theirs - ours) < 1e-6, (theirs, ours)
    return [
        accuracy_score(outcome, label, sample_weight=weight),
        loss,
        roc_auc_score(outcome, scores, multi_class="ovr", average="macro", sample_weight=weight, labels=classes)
        if scores.shape[1] > 2
        else roc_auc_score(outcome, scores[:, 1], sample_weight=weight),
        roc_auc_score(outcome == 0, scores[:, 0], sample_weight=weight),
        recall_score(outcome, label, labels=[0], average=None, sample_weight=weight)[0],
    ]


cases = [(200_000, 1, 3, 1 << 20, 0), (200_000, 2, 5, 64, 1), (20_000, 3, 12, 1 << 20, 1), (300, 4, 3, 8, 0)]
lines = ["rows,seed,classes,steps,weighted,accuracy,log_loss,auc,first_auc,first_recall"]
for case in cases:
    values = measures(*rows(*case))
    lines.append(",".join([*map(str, case), *(repr(float(value)) for value in values)]))
Path(__file__).with_suffix(".csv").write_text("\n".join(lines) + "\n")
