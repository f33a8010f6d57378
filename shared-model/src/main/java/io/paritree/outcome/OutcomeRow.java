package io.paritree.outcome;

/**
 * Rows that have all of this in common.
 *
 * @param score what the model said
 * @param outcome what came: of two outcomes 1 for the positive one, otherwise 0
 * @param label what the label said, as an outcome; NaN without a label
 * @param weight of each row
 * @param rows how many there are
 */
public record OutcomeRow(double score, double outcome, double label, double weight, long rows) {
  double total() {
    return weight * rows;
  }
}
