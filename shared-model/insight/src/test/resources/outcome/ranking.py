"""Makes ranking.csv beside it with Debian's python3-sklearn and python3-xgboost: /usr/bin/python3 ranking.py

Each line has the lists to generate, and the measures of io.paritree.outcome.RankMeasures. Lists come from drawn.py: of
each row a score with 24 bits, or a multiple of 1/steps, and a relevance from 0 to most, small ones more often; the list
i has 1 + (7 * i) % longest rows. NDCG is scikit-learn's, of 2 ** relevance - 1, which takes the mean over all orders of
equal scores; a list without a relevant row, or with one row only, has 1, as in XGBoost, which has the same without ties.
"""

from pathlib import Path

import numpy
import xgboost
from drawn import bits, words
from sklearn.metrics import ndcg_score


def rows(lists, seed, longest, most, steps):
    sizes = [1 + (7 * number) % longest for number in range(lists)]
    drawn = words(sum(sizes), seed, 2)
    score = bits(drawn[:, 0], 24)
    if steps:
        score = numpy.floor(score * steps) / steps
    score = score.astype(numpy.float32)
    relevance = numpy.floor(bits(drawn[:, 1], 24) ** 3 * (most + 1)).astype(int)
    return sizes, score, relevance


def gain(score, relevance, places):
    if len(score) == 1 or relevance.max() == 0:
        return 1.0
    return ndcg_score([2.0**relevance - 1], [score.astype(float)], k=places)


def in_xgboost(sizes, score, relevance, places):
    data = xgboost.DMatrix(numpy.zeros((len(score), 1)), label=relevance, base_margin=score)
    data.set_group(sizes)
    metric = f"ndcg@{places}"
    none = xgboost.train({"objective": "rank:ndcg", "eval_metric": metric, "base_score": 0.0}, data, num_boost_round=0)
    return float(none.eval(data).split(":")[-1])


cases = [(2_000, 1, 40, 4, 0), (2_000, 2, 40, 4, 10), (300, 3, 12, 1, 3), (50, 4, 3, 31, 0), (1_000, 5, 200, 2, 0)]
lines = ["lists,seed,longest,most,steps,ndcg5,ndcg10,error5,error10"]
for case in cases:
    sizes, score, relevance = rows(*case)
    ends = numpy.cumsum(sizes)
    gains = [[gain(score[end - size : end], relevance[end - size : end], places) for size, end in zip(sizes, ends)] for places in (5, 10)]
    means = [numpy.mean(own) for own in gains]
    if not case[4]:
        for places, mean in zip((5, 10), means):
            theirs = in_xgboost(sizes, score, relevance, places)
            assert abs(theirs - mean) < 1e-6, (case, theirs, mean)
    errors = [numpy.std(own, ddof=1) / len(own) ** 0.5 for own in gains]
    lines.append(",".join([*map(str, case), *(repr(float(value)) for value in [*means, *errors])]))
Path(__file__).with_suffix(".csv").write_text("\n".join(lines) + "\n")
