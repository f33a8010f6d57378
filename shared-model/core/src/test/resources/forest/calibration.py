"""Makes calibration.txt: calibrations that scikit-learn fits, and what they make of scores.

Run with scikit-learn 1.4.2, SciPy 1.15.3 and numpy 2.2.4 (Debian 13), in this directory:

    python3 calibration.py > calibration.txt

Each line is a word and numbers; floats are the hexadecimal digits of their bits. After "sigmoid" come a
and b; after "isotonic" the points' x, then their y; after each of both the "scores" and what
"predict" makes of them, as float32.
"""

import numpy as np
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

ROWS = 400


def bits(values):
    return " ".join("%08x" % each for each in np.asarray(values, np.float32).view(np.uint32))


def probabilities(rng, rows, power):
    """Scores as a model gives them, and outcomes that are less likely than the scores say."""
    scores = (1 / (1 + np.exp(-rng.normal(-1, 2, rows)))).astype(np.float32)
    return scores, (rng.random(rows) < scores**power).astype(np.float32)


def tried(rng, knots):
    """Knots and their neighbours, the ends, numbers outside, and any."""
    ends = np.float32([0, 1, -3, 7, 1e-38, 1e30, -1e30])
    beside = [np.nextafter(knots, np.float32(side)) for side in (-np.inf, np.inf)]
    return np.concatenate([knots, *beside, ends, rng.random(ROWS).astype(np.float32)])


def sigmoid(rng, power):
    fitted = _SigmoidCalibration().fit(*probabilities(rng, 2_000, power))
    scores = tried(rng, np.float32([0.25, 0.5]))
    print("sigmoid", repr(float(fitted.a_)), repr(float(fitted.b_)))
    print("scores", bits(scores))
    with np.errstate(over="ignore"):
        print("predict", bits(fitted.predict(scores)))


def isotonic(rng, x, y):
    fitted = IsotonicRegression(out_of_bounds="clip").fit(x, y)
    assert fitted.X_thresholds_.dtype == fitted.y_thresholds_.dtype == np.float32
    scores = tried(rng, fitted.X_thresholds_)
    print("isotonic", bits(fitted.X_thresholds_))
    print("y", bits(fitted.y_thresholds_))
    print("scores", bits(scores))
    print("predict", bits(fitted.predict(scores)))


def main():
    rng = np.random.default_rng(54)
    for power in (1.5, 0.7):
        sigmoid(rng, power)
    for rows, power in ((2_000, 1.5), (20_000, 0.7), (3, 1.0)):
        isotonic(rng, *probabilities(rng, rows, power))
    amounts = rng.gamma(2, 300, 1_000).astype(np.float32)
    isotonic(rng, amounts, (amounts * rng.normal(1.1, 0.3, 1_000)).astype(np.float32))
    isotonic(rng, np.float32([0.2, 0.4]), np.float32([0.3, 0.1]))  # one value everywhere
    isotonic(rng, np.float32([0.4]), np.float32([0.3]))  # one point


main()
