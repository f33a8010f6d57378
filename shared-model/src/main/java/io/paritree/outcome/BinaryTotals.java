package io.paritree.outcome;

/**
 * How many rows of a group have an outcome. Weights are 1 unless the caller gives them.
 *
 * @param positiveRows rows with the positive outcome
 * @param negativeRows rows with the other one
 * @param positives their weight
 * @param negatives their weight
 */
public record BinaryTotals(
    long positiveRows, long negativeRows, double positives, double negatives) {

  public static final BinaryTotals NONE = new BinaryTotals(0, 0, 0, 0);

  /** Returns the totals with more rows of one score. */
  public BinaryTotals plus(BinaryRows rows) {
    return new BinaryTotals(
        positiveRows + rows.positiveRows(),
        negativeRows + rows.negativeRows(),
        positives + rows.positives(),
        negatives + rows.negatives());
  }

  /** Returns the number of rows. */
  public long rows() {
    return positiveRows + negativeRows;
  }

  /** Returns the weight of all rows. */
  public double weight() {
    return positives + negatives;
  }

  /** Returns the share of positive outcomes; NaN without rows. */
  public double rate() {
    return positives / weight();
  }
}
