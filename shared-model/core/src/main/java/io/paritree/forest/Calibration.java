package io.paritree.forest;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What a score becomes by a function that was fitted after the trees, so that it is a probability.
 * For models with one score only. Immutable and thread-safe.
 */
public sealed interface Calibration extends Serializable {
  /** The score as the objective computes it. */
  Calibration NONE = new None();

  /**
   * Replaces scores by what they become.
   *
   * @param scores {@code count} from {@code from} on
   */
  void apply(float[] scores, int from, int count);

  /** Returns the same where scores are probabilities: rounding takes none of them above 1. */
  default Calibration ofProbabilities() {
    return this;
  }

  /** Scores stay as they are. */
  record None() implements Calibration {
    @Override
    public void apply(float[] scores, int from, int count) {}

    @Override
    public String toString() {
      return "none";
    }
  }

  /**
   * {@code 1 / (1 + exp(a * score + b))}, in double and then rounded to float. The exponential is
   * that of {@link StrictMath}, which is the same on every machine.
   *
   * @param a finite
   * @param b finite
   */
  record Sigmoid(double a, double b) implements Calibration {
    @Override
    public void apply(float[] scores, int from, int count) {
      for (int at = from; at < from + count; at++) {
        scores[at] = (float) (1 / (1 + StrictMath.exp(a * scores[at] + b)));
      }
    }

    @Override
    public String toString() {
      return "sigmoid, a = %s, b = %s".formatted(a, b);
    }
  }

  /**
   * Straight lines between points, all in float; before the first point and after the last one,
   * their values. The operations and their order are those of SciPy's {@code interp1d}, as
   * scikit-learn's {@code IsotonicRegression} calls it.
   */
  final class Isotonic implements Calibration {
    private final float[] x;
    private final float[] y;
    private final float most;

    /**
     * @param x one or more, ascending
     * @param y as many, not descending
     * @throws IllegalArgumentException saying what is wrong with them
     */
    public Isotonic(float[] x, float[] y) {
      this(x.clone(), y.clone(), Float.POSITIVE_INFINITY);
      if (x.length == 0 || x.length != y.length) {
        throw new IllegalArgumentException(
            "got %s values of x and %s of y, expected as many of each, and at least one"
                .formatted(x.length, y.length));
      }

      for (int at = 1; at < x.length; at++) {
        boolean isFinite = Float.isFinite((y[at] - y[at - 1]) / (x[at] - x[at - 1]));
        if (!(x[at] > x[at - 1]) || !(y[at] >= y[at - 1]) || !isFinite) {
          throw new IllegalArgumentException(
              "got the point (%s, %s) after (%s, %s), expected a greater x, a y that is not less, and a finite slope between them"
                  .formatted(x[at], y[at], x[at - 1], y[at - 1]));
        }
      }
    }

    private Isotonic(float[] x, float[] y, float most) {
      this.x = x;
      this.y = y;
      this.most = most;
    }

    @Override
    public Isotonic ofProbabilities() {
      return new Isotonic(x, y, 1f);
    }

    public float[] x() {
      return x.clone();
    }

    public float[] y() {
      return y.clone();
    }

    @Override
    public void apply(float[] scores, int from, int count) {
      for (int at = from; at < from + count; at++) {
        scores[at] = Math.min(value(scores[at]), most);
      }
    }

    private float value(float score) {
      int last = x.length - 1;
      if (last == 0) {
        return y[0];
      }

      float clipped = Math.min(Math.max(score, x[0]), x[last]);
      int high = Math.max(1, firstNotBelow(clipped));
      int low = high - 1;
      float slope = (y[high] - y[low]) / (x[high] - x[low]);
      return slope * (clipped - x[low]) + y[low];
    }

    /** Returns the first point whose x is not below a value that is at most the last x, or NaN. */
    private int firstNotBelow(float value) {
      int from = 0;
      int to = x.length - 1;
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (x[middle] < value) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }

      return from;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Isotonic isotonic
          && Arrays.equals(x, isotonic.x)
          && Arrays.equals(y, isotonic.y)
          && most == isotonic.most;
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(x) + Arrays.hashCode(y);
    }

    @Override
    public String toString() {
      int last = x.length - 1;
      return "isotonic, %s points from (%s, %s) to (%s, %s)"
          .formatted(x.length, x[0], y[0], x[last], y[last]);
    }
  }
}
