package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Serializable;

/**
 * What all rows of a group add up to, which measures need before they see the rows one by one.
 *
 * <p>How sure a measure is depends on the number of rows; where rows weigh differently, on the
 * number of equal rows that would be as sure, {@code (sum of w)² / sum of w²} (L. Kish, "Survey
 * Sampling", 1965). It is the same for weights that are all ten times as large.
 *
 * @param rows number of rows
 * @param positiveRows rows whose outcome is above 0
 * @param weight of all rows
 * @param positives weight of the rows whose outcome is above 0
 * @param mean mean outcome by weight; NaN without rows
 * @param positiveSquares sum of the squared weights of the rows whose outcome is above 0
 * @param negativeSquares the same of all others
 */
public record OutcomeTotals(
    long rows,
    long positiveRows,
    double weight,
    double positives,
    double mean,
    double positiveSquares,
    double negativeSquares) {
  private static final double ROUNDING = 1e-9;

  /** Adds rows up in the order in which they come, which should be the same for the same rows. */
  public static final class Sum implements Serializable {
    private final PreciseSum weight = new PreciseSum();
    private final PreciseSum positives = new PreciseSum();
    private final PreciseSum outcomes = new PreciseSum();
    private final PreciseSum positiveSquares = new PreciseSum();
    private final PreciseSum negativeSquares = new PreciseSum();
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
        positiveSquares.add(row.squares());
      } else {
        negativeSquares.add(row.squares());
      }
    }

    void add(Sum other) {
      rows += other.rows;
      positiveRows += other.positiveRows;
      weight.add(other.weight);
      positives.add(other.positives);
      outcomes.add(other.outcomes);
      positiveSquares.add(other.positiveSquares);
      negativeSquares.add(other.negativeSquares);
    }

    public OutcomeTotals totals() {
      return new OutcomeTotals(
          rows,
          positiveRows,
          weight.value(),
          positives.value(),
          outcomes.value() / weight.value(),
          positiveSquares.value(),
          negativeSquares.value());
    }
  }

  /** Writes the number of rows; where they have weights, also that of equal rows. */
  void write(JsonGenerator json) throws IOException {
    json.writeNumberField(OutcomeWords.ROWS, rows);
    if (isWeighted()) {
      json.writeNumberField(OutcomeWords.EFFECTIVE_ROWS, effectiveRows());
    }
  }

  /** Returns whether rows have different weights: equal ones say as much as their number. */
  boolean isWeighted() {
    return rows > 0 && Math.abs(effectiveRows() - rows) > ROUNDING * rows;
  }

  double negatives() {
    return weight - positives;
  }

  /** Returns the number of equal rows that say as much; NaN without any. */
  double effectiveRows() {
    return effective(weight, positiveSquares + negativeSquares);
  }

  /** Returns the same of the rows whose outcome is above 0. */
  double effectivePositives() {
    return effective(positives, positiveSquares);
  }

  /** Returns the same of all others. */
  double effectiveNegatives() {
    return effective(negatives(), negativeSquares);
  }

  /**
   * Returns the number of equal rows that say as much as rows of different weights.
   *
   * @param weight the sum of their weights
   * @param squares the sum of the squares of their weights
   */
  static double effective(double weight, double squares) {
    return weight / squares * weight;
  }
}
