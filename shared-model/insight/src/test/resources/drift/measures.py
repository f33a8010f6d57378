"""Makes measures.csv beside it with Debian's python3-scipy: /usr/bin/python3 measures.py

Each line has two lists of counts over the same bins, the number of fields, and the measures of
io.paritree.drift.Shift. The noise is Wilson and Hilferty's approximation of the quantile of
chi-squared; the last column is made with that of scipy's chi2. The approximation is above it: by
up to 17 % with one degree of freedom, 7 % with 4, 3 % with 11 and more.
"""

import random
from pathlib import Path

import numpy
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, entropy, norm

RARITY = 0.001


def smooth(counts):
    return (counts + 0.5) / (counts.sum() + 0.5 * len(counts))


def measures(now, then, fields):
    a, e = smooth(now), smooth(then)
    psi = entropy(a, e) + entropy(e, a)
    degrees = len(now) - 1
    z = norm.isf(RARITY / fields)
    spread = 2 / (9 * degrees)
    rows = 1 / now.sum() + 1 / then.sum()
    noise = rows * degrees * (1 - spread + z * spread**0.5) ** 3
    exact = rows * chi2.isf(RARITY / fields, degrees)
    js = jensenshannon(now, then, base=2)
    linf = abs(now / now.sum() - then / then.sum()).max()
    return [psi, noise, js, linf, exact]


draw = random.Random(20261129)
lines = ["now,then,fields,psi,noise,js,linf,exact"]
for case in range(60):
    bins = draw.choice([2, 3, 5, 12, 14, 23])
    most = 10 ** draw.choice([1, 2, 4, 6])
    now = numpy.array([draw.choice([0, 1]) * draw.randrange(most) for _ in range(bins)]) + 0.0
    then = numpy.array([draw.randrange(most) for _ in range(bins)]) + 0.0
    now[draw.randrange(bins)] += 1
    then[draw.randrange(bins)] += 1
    if case % 10 == 0:
        then = now.copy()
    fields = draw.choice([1, 8, 100, 3000])
    words = [" ".join(str(int(count)) for count in counts) for counts in (now, then)]
    numbers = [repr(float(value)) for value in measures(now, then, fields)]
    lines.append(",".join([*words, str(fields), *numbers]))
Path(__file__).with_suffix(".csv").write_text("\n".join(lines) + "\n")
