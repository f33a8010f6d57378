package io.paritree.model.trainer;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;

/**
 * How far a prediction may be from what was computed.
 *
 * @param absolute an allowed difference, beside {@link #MAX_ULPS}
 * @param relative an allowed difference, as a fraction of the prediction
 */
record Precision(double absolute, double relative) {
  /** Allowed because the trainer turned margins into scores with its own libm, and libms differ. */
  static final int MAX_ULPS = 1;

  static final Precision EXACT = new Precision(0, 0);

  /** For what the trainer may have computed in float. */
  static final Precision LOOSE = new Precision(2e-6, 2e-5);

  private static final int LEAST_DECIMALS = 2;
  private static final int MOST_DECIMALS = 7;
  private static final double HALF = 0.5001;

  /** Returns that the predictions are the scores in fewer digits. */
  static Stream<Cause> causes(List<TrainerRow> rows) {
    int decimals = 0;
    for (TrainerRow row : rows) {
      for (int index = 0; index < row.predictions().length; index++) {
        if (Double.isFinite(row.predicted(index))) {
          decimals = Math.max(decimals, decimals(row, index));
        }
      }
    }

    return decimals < LEAST_DECIMALS || decimals > MOST_DECIMALS
        ? Stream.empty()
        : Stream.of(
            Cause.ofPredictions(
                "the predictions were rounded to %s decimals when they were written"
                    .formatted(decimals),
                "write them in full, such as to_csv without float_format",
                new Precision(HALF * Math.pow(10, -decimals), 0)::agrees));
  }

  /** Returns the decimals of a prediction: the float64 text of a float32 has more than it. */
  private static int decimals(TrainerRow row, int index) {
    int given = new BigDecimal(row.predictions()[index]).stripTrailingZeros().scale();
    double predicted = row.predicted(index);
    return predicted == (float) predicted
        ? Math.min(
            given, new BigDecimal(Float.toString((float) predicted)).stripTrailingZeros().scale())
        : given;
  }

  /** Returns whether the predictions of a row are its scores. */
  boolean agrees(TrainerRow row, Scored scored, int at) {
    boolean isNear = row.predictions().length == scored.scores();
    for (int score = 0; isNear && score < scored.scores(); score++) {
      isNear = near(row.predicted(score), scored.score(at, score));
    }

    return isNear;
  }

  /** Returns whether a prediction is what was computed; never if it is no number. */
  boolean near(double predicted, double computed) {
    if (!Double.isFinite(predicted) || !Double.isFinite(computed)) {
      return predicted == computed;
    }

    if (ulps((float) predicted, (float) computed) <= MAX_ULPS) {
      return true;
    }

    // What was rounded may have been the shortest text of a float, which is not quite the float.
    double allowed = absolute + (relative + MAX_ULPS * 0x1p-23) * Math.abs(predicted);
    return absolute > 0 && Math.abs(predicted - computed) <= allowed;
  }

  /**
   * Returns the distance from one float to the other in units in the last place: 0 for the same
   * bits and for 0.0 and -0.0; NaN has the largest distance from all values except NaN.
   */
  static long ulps(float one, float other) {
    if (Float.isNaN(one) || Float.isNaN(other)) {
      return Float.isNaN(one) && Float.isNaN(other) ? 0 : Long.MAX_VALUE;
    }

    return Math.abs(order(one) - order(other));
  }

  private static long order(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits < 0 ? Integer.MIN_VALUE - (long) bits : bits;
  }
}
