package io.paritree.outcome;

import java.util.Optional;

/**
 * Rows that have all of this in common, but for their weights.
 *
 * @param score what the model said
 * @param outcome what came: of two outcomes 1 for the positive one, otherwise 0; of values the mean
 *     by weight; of classes the index of one; of a list how relevant the row is
 * @param label what the label said, as an outcome; NaN without a label
 * @param weight mean weight of the rows
 * @param rows how many there are
 * @param part of classes the index of the class that the score is of, or {@link #NO_CLASS}; of
 *     lists a number that only the rows of one list have; otherwise 0
 * @param squares sum of the squares of the weights, for {@link OutcomeTotals#effective}
 * @param values of values with different outcomes, what these add up to; otherwise empty
 */
public record OutcomeRow(
    double score,
    double outcome,
    double label,
    double weight,
    long rows,
    long part,
    double squares,
    Optional<ValueSums> values) {
  /** The score is of no class: it says nothing but the label. */
  public static final long NO_CLASS = -1;

  /** Rows of one weight and one outcome. */
  public OutcomeRow(
      double score, double outcome, double label, double weight, long rows, long part) {
    this(score, outcome, label, weight, rows, part, weight * weight * rows, Optional.empty());
  }

  /** The same, of neither a class nor a list. */
  public OutcomeRow(double score, double outcome, double label, double weight, long rows) {
    this(score, outcome, label, weight, rows, 0);
  }

  double total() {
    return weight * rows;
  }

  /** Returns whether this is the one of a row's scores with which the row itself is counted. */
  public boolean isOfItsOutcome() {
    return part == NO_CLASS || part == outcome;
  }
}
