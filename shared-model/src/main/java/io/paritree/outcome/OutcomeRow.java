package io.paritree.outcome;

/**
 * Rows that have all of this in common.
 *
 * @param score what the model said
 * @param outcome what came: of two outcomes 1 for the positive one, otherwise 0; of classes the
 *     index of one; of a list how relevant the row is
 * @param label what the label said, as an outcome; NaN without a label
 * @param weight of each row
 * @param rows how many there are
 * @param part of classes the index of the class that the score is of, or {@link #NO_CLASS}; of
 *     lists a number that only the rows of one list have; otherwise 0
 */
public record OutcomeRow(
    double score, double outcome, double label, double weight, long rows, long part) {
  /** The score is of no class: it says nothing but the label. */
  public static final long NO_CLASS = -1;

  public OutcomeRow(double score, double outcome, double label, double weight, long rows) {
    this(score, outcome, label, weight, rows, 0);
  }

  double total() {
    return weight * rows;
  }

  /** Returns the sum of the squares of the weights, for {@link OutcomeTotals#effective}. */
  double squares() {
    return weight * weight * rows;
  }

  /** Returns whether this is the one of a row's scores with which the row itself is counted. */
  public boolean isOfItsOutcome() {
    return part == NO_CLASS || part == outcome;
  }
}
