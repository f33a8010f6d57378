package io.paritree.outcome;

import java.util.Optional;

/** Where the true value lies in 95 of 100 cases, of which an estimate is known. */
public record Interval(double low, double high) {
  private static final double DEVIATIONS = 1.959963984540054;

  /**
   * Returns the interval of a share: E. B. Wilson, "Probable inference, the law of succession, and
   * statistical inference", 1927.
   *
   * @param rows their effective number ({@link OutcomeTotals}), above 0
   */
  static Interval ofShare(double share, double rows) {
    double square = DEVIATIONS * DEVIATIONS / rows;
    double centre = (share + square / 2) / (1 + square);
    double half =
        DEVIATIONS / (1 + square) * Math.sqrt(share * (1 - share) / rows + square / (4 * rows));
    return new Interval(Math.max(0, centre - half), Math.min(1, centre + half));
  }

  /**
   * Returns the interval of a measure by its standard error, within 0 to 1; empty if there is none.
   * An error of 0 is that of a measure at an end of its range, such as the area of ten rows in the
   * right order: it says nothing of how sure it is.
   */
  static Optional<Interval> ofMeasure(double value, double error) {
    double half = DEVIATIONS * error;
    return error > 0
        ? Optional.of(new Interval(Math.max(0, value - half), Math.min(1, value + half)))
        : Optional.empty();
  }
}
