package io.paritree.outcome;

/**
 * What all rows of a group add up to, which measures need before they see the rows one by one.
 *
 * @param rows number of rows
 * @param positiveRows rows whose outcome is above 0
 * @param weight of all rows
 * @param positives weight of the rows whose outcome is above 0
 * @param mean mean outcome by weight; NaN without rows
 */
public record OutcomeTotals(
    long rows, long positiveRows, double weight, double positives, double mean) {

  /** Adds rows up in the order in which they come, which should be the same for the same rows. */
  public static final class Sum {
    private final PreciseSum weight = new PreciseSum();
    private final PreciseSum positives = new PreciseSum();
    private final PreciseSum outcomes = new PreciseSum();
    private long rows;
    private long positiveRows;

    /** Adds rows; their scores and labels do not matter. */
    public void add(OutcomeRow row) {
      rows += row.rows();
      weight.add(row.total());
      outcomes.add(row.total() * row.outcome());
      if (row.outcome() > 0) {
        positiveRows += row.rows();
        positives.add(row.total());
      }
    }

    public OutcomeTotals totals() {
      return new OutcomeTotals(
          rows, positiveRows, weight.value(), positives.value(), outcomes.value() / weight.value());
    }
  }

  long negativeRows() {
    return rows - positiveRows;
  }

  double negatives() {
    return weight - positives;
  }
}
