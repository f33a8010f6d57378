package io.paritree.forest;

/**
 * How an objective turns the margins of a row into scores: XGBoost's PredTransform, in XGBoost's
 * own arithmetic.
 *
 * <p>The same on every machine: no transform depends on the host's mathematical library. The only
 * exceptions are {@link #EXPONENTIAL_IN_DOUBLE} and {@link #EXPECTILE}, which use functions in
 * double that Java rounds in its own way (less than 1 ulp of a double, before the rounding to
 * float).
 */
public enum Transform {
  /** The margin itself. */
  IDENTITY,
  /** A probability, by the logistic function. */
  LOGISTIC,
  /** 1 if the margin is above 0, otherwise 0. */
  HINGE,
  /** e to the margin, in float. */
  EXPONENTIAL,
  /** e to the margin, in double and then rounded, as in the AFT objective. */
  EXPONENTIAL_IN_DOUBLE,
  /** Probabilities of classes, one per margin. */
  SOFTMAX_PROBABILITIES,
  /** The index of the first largest margin; the only transform with one score for all margins. */
  SOFTMAX_CLASS,
  /** The margins in ascending order, so that quantiles do not cross. */
  SORTED,
  /** Expectiles: the first is the first margin, each later one is a step above the one before. */
  EXPECTILE;

  /** The upper limit of a negated margin, so that the logistic function does not overflow. */
  private static final float LOGISTIC_LIMIT = 88.7f;

  private static final float EXPECTILE_STEP = 1e-6f;

  /** Returns the number of scores of a row of {@code outputs} margins. */
  int scores(int outputs) {
    return this == SOFTMAX_CLASS ? 1 : outputs;
  }

  /**
   * Turns the margins of {@code rows} rows into scores.
   *
   * @param margins {@code rows * outputs} from {@code from} on, row after row; not changed
   * @param scores receives {@code rows * scores(outputs)} from {@code to} on, row after row
   */
  void apply(float[] margins, int from, int outputs, int rows, float[] scores, int to) {
    int count = rows * outputs;
    switch (this) {
      case IDENTITY -> System.arraycopy(margins, from, scores, to, count);
      case LOGISTIC -> {
        for (int at = 0; at < count; at++) {
          scores[to + at] = logistic(margins[from + at]);
        }
      }
      case HINGE -> {
        for (int at = 0; at < count; at++) {
          scores[to + at] = margins[from + at] > 0f ? 1f : 0f;
        }
      }
      case EXPONENTIAL -> {
        for (int at = 0; at < count; at++) {
          scores[to + at] = FloatMath.expf(margins[from + at]);
        }
      }
      case EXPONENTIAL_IN_DOUBLE -> {
        for (int at = 0; at < count; at++) {
          scores[to + at] = (float) Math.exp(margins[from + at]);
        }
      }
      case SOFTMAX_PROBABILITIES -> {
        for (int at = 0; at < count; at += outputs) {
          softmax(margins, from + at, outputs, scores, to + at);
        }
      }
      case SOFTMAX_CLASS -> {
        for (int row = 0; row < rows; row++) {
          scores[to + row] = firstLargest(margins, from + row * outputs, outputs);
        }
      }
      case SORTED -> {
        System.arraycopy(margins, from, scores, to, count);
        for (int at = 0; at < count; at += outputs) {
          sort(scores, to + at, outputs);
        }
      }
      case EXPECTILE -> {
        for (int at = 0; at < count; at += outputs) {
          expectiles(margins, from + at, outputs, scores, to + at);
        }
      }
    }
  }

  private static float logistic(float margin) {
    float power = FloatMath.expf(Math.min(-margin, LOGISTIC_LIMIT));
    return 1f / (power + 1f);
  }

  private static void softmax(float[] margins, int from, int outputs, float[] scores, int to) {
    float max = margins[from];
    for (int output = 1; output < outputs; output++) {
      max = Math.max(max, margins[from + output]);
    }

    double sum = 0;
    for (int output = 0; output < outputs; output++) {
      float power = FloatMath.expf(margins[from + output] - max);
      scores[to + output] = power;
      sum += power;
    }

    for (int output = 0; output < outputs; output++) {
      scores[to + output] /= (float) sum;
    }
  }

  private static int firstLargest(float[] margins, int at, int outputs) {
    int best = 0;
    for (int output = 1; output < outputs; output++) {
      if (margins[at + output] > margins[at + best]) {
        best = output;
      }
    }

    return best;
  }

  /** Sorts by insertion and strict comparison, so that 0.0 and -0.0 keep their order. */
  private static void sort(float[] scores, int from, int outputs) {
    for (int next = from + 1; next < from + outputs; next++) {
      float moved = scores[next];
      int at = next;
      while (at > from && scores[at - 1] > moved) {
        scores[at] = scores[at - 1];
        at--;
      }

      scores[at] = moved;
    }
  }

  private static void expectiles(float[] margins, int from, int outputs, float[] scores, int to) {
    float expectile = margins[from];
    scores[to] = expectile;
    for (int output = 1; output < outputs; output++) {
      expectile += EXPECTILE_STEP + softplus(margins[from + output]);
      scores[to + output] = expectile;
    }
  }

  private static float softplus(float x) {
    return x > 0f ? x + FloatMath.log1pf(FloatMath.expf(-x)) : FloatMath.log1pf(FloatMath.expf(x));
  }
}
