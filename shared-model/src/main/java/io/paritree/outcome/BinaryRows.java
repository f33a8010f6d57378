package io.paritree.outcome;

/**
 * The rows with one score.
 *
 * @param score the probability of the positive outcome, 0 to 1
 * @param positiveRows rows with the positive outcome
 * @param negativeRows rows with the other one
 * @param positives their weight
 * @param negatives their weight
 */
public record BinaryRows(
    float score, long positiveRows, long negativeRows, double positives, double negatives) {

  /** Returns rows that weigh 1 each. */
  public static BinaryRows of(float score, long positives, long negatives) {
    return new BinaryRows(score, positives, negatives, positives, negatives);
  }

  double weight() {
    return positives + negatives;
  }
}
