package io.paritree.model.trainer;

import io.paritree.feature.NumberText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far a prediction may be from what was computed.
 *
 * @param text why it may be further away than by {@value #MAX_ULPS} ulp, as a clause; empty if it
 *     may not
 * @param absolute an allowed difference
 * @param relative an allowed difference, as a fraction of the prediction
 */
record Precision(String text, double absolute, double relative) {
  /** Allowed because the trainer turned margins into scores with its own libm, and libms differ. */
  static final int MAX_ULPS = 1;

  static final Precision EXACT = new Precision("", 0, 0);

  private static final double LOOSE = 2e-5;
  private static final int LEAST_DIGITS = 2;
  private static final int MOST_DIGITS = 7;

  /** Characters of the shortest text of a float: sign, 9 digits, point and exponent. */
  private static final int LONGEST_FLOAT = 15;

  /** Returns the precisions that the texts of predictions show, {@link #EXACT} first. */
  static List<Precision> of(List<TrainerRow> rows) {
    int decimals = 0;
    int digits = 0;
    for (TrainerRow row : rows) {
      for (int index = 0; index < row.predictions().length; index++) {
        if (!Double.isNaN(NumberText.parse(row.predictions()[index]))) {
          BigDecimal number = shortest(row, index);
          decimals = Math.max(decimals, number.scale());
          digits = Math.max(digits, number.precision());
        }
      }
    }

    List<Precision> found = new ArrayList<>();
    found.add(EXACT);
    if (decimals >= LEAST_DIGITS && decimals <= MOST_DIGITS) {
      found.add(rounded(decimals + " decimals", Math.pow(10, -decimals), 0));
    }

    if (digits >= LEAST_DIGITS && digits <= MOST_DIGITS) {
      found.add(rounded(digits + " digits", 0, Math.pow(10, 1 - digits)));
    }

    return found;
  }

  /** Returns a prediction in its fewest digits: the float64 text of a float32 has more than it. */
  private static BigDecimal shortest(TrainerRow row, int index) {
    BigDecimal given = new BigDecimal(row.predictions()[index]).stripTrailingZeros();
    double predicted = row.predicted(index);
    boolean isFloat = predicted == (float) predicted && !Double.isInfinite(predicted);
    BigDecimal asFloat =
        isFloat ? new BigDecimal(Float.toString((float) predicted)).stripTrailingZeros() : given;
    return asFloat.precision() < given.precision() ? asFloat : given;
  }

  /** Returns the precision for sums in another order, or in double. */
  static Precision loose(List<TrainerRow> rows) {
    boolean isFloat = rows.stream().allMatch(Precision::isFloat);
    String how =
        isFloat
            ? "as if computed on a GPU or tree by tree: predict with booster.predict(DMatrix) on a CPU"
            : "and have more digits than float32: they were computed in float64, for instance from margins or as an average; write what predict gives";
    return new Precision("the predictions agree to about 5 digits only, " + how, LOOSE / 10, LOOSE);
  }

  private static boolean isFloat(TrainerRow row) {
    return IntStream.range(0, row.predictions().length)
        .filter(index -> row.predictions()[index].length() > LONGEST_FLOAT)
        .mapToDouble(row::predicted)
        .allMatch(predicted -> predicted == (float) predicted);
  }

  boolean isLoose() {
    return relative == LOOSE;
  }

  private static Precision rounded(String to, double absolute, double relative) {
    double half = 0.5001;
    return new Precision(
        "the predictions were rounded to %s when they were written: write them in full, such as to_csv without float_format"
            .formatted(to),
        half * absolute,
        half * relative);
  }

  boolean near(double predicted, float computed) {
    return near(predicted, computed, 0);
  }

  /**
   * Returns whether a prediction is what was computed; never if it is no number.
   *
   * @param slack allowed in addition, for what the check itself computes
   */
  boolean near(double predicted, double computed, double slack) {
    if (!Double.isFinite(predicted) || !Double.isFinite(computed)) {
      return predicted == computed;
    }

    if (ulps((float) predicted, (float) computed) <= MAX_ULPS) {
      return true;
    }

    // What was rounded may have been the shortest text of a float, which is not quite the float.
    double allowed = absolute + relative * Math.abs(predicted) + slack;
    allowed += allowed > 0 ? MAX_ULPS * 0x1p-23 * Math.abs(predicted) : 0;
    return Math.abs(predicted - computed) <= allowed;
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
