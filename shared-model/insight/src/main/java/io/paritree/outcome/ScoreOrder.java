package io.paritree.outcome;

/**
 * How well scores put positive rows above negative ones. Scores, or bins of them, come in ascending
 * order, each of them all at once or in parts. Not thread-safe.
 */
public final class ScoreOrder {
  private final PreciseSum ordered = new PreciseSum();
  private final PreciseSum equal = new PreciseSum();
  private double score = Double.NEGATIVE_INFINITY;
  private double positives; // with this score
  private double negatives;
  private double positivesBelow;
  private double negativesBelow;

  /**
   * Adds rows.
   *
   * @param next their score, not below the one before
   * @param weight of all of them; below 0 to take rows of the same score away again
   */
  public void add(double next, boolean isPositive, double weight) {
    if (next != score) {
      if (!(next > score)) {
        throw new IllegalArgumentException(
            "Cannot measure the score %s after %s: ascending scores were expected"
                .formatted(next, score));
      }

      close();
      score = next;
    }

    if (isPositive) {
      positives += weight;
    } else {
      negatives += weight;
    }
  }

  private void close() {
    ordered.add(positives * (negativesBelow + negatives / 2));
    equal.add(positives * negatives);
    positivesBelow += positives;
    negativesBelow += negatives;
    positives = 0;
    negatives = 0;
  }

  /**
   * Returns the area under the curve of positive rows against negative ones, 0 to 1, where rows
   * with the same score count half; NaN without either outcome.
   */
  public double auc() {
    close();
    return ordered.value() / (positivesBelow * negativesBelow);
  }

  /**
   * Returns by how much the area may differ from that of scores which are in the same bin here; NaN
   * without either outcome.
   */
  public double bound() {
    close();
    return equal.value() / 2 / (positivesBelow * negativesBelow);
  }

  /** Returns the share of positive rows, 0 to 1; NaN without any. */
  public double rate() {
    close();
    return positivesBelow / weight();
  }

  /** Returns the weight of all rows. */
  public double weight() {
    close();
    return positivesBelow + negativesBelow;
  }
}
