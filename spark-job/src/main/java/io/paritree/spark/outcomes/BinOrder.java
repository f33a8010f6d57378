package io.paritree.spark.outcomes;

/**
 * How well bins of scores put positive rows above negative ones. Bins come in ascending order, each
 * of them all at once or in parts. Not thread-safe.
 */
final class BinOrder {
  private double bin = Double.NaN;
  private double positives; // in the bin
  private double negatives;
  private double positivesBelow;
  private double negativesBelow;
  private double ordered;
  private double equal;

  void add(double next, boolean isPositive, double weight) {
    if (next != bin) {
      close();
      bin = next;
    }

    if (isPositive) {
      positives += weight;
    } else {
      negatives += weight;
    }
  }

  private void close() {
    ordered += positives * (negativesBelow + negatives / 2);
    equal += positives * negatives;
    positivesBelow += positives;
    negativesBelow += negatives;
    positives = 0;
    negatives = 0;
  }

  /** Returns the area under the curve, scores of a bin being equal; NaN without either outcome. */
  double auc() {
    close();
    return ordered / (positivesBelow * negativesBelow);
  }

  /**
   * Returns by how much the area may differ from that of the scores; NaN without either outcome.
   */
  double bound() {
    close();
    return equal / 2 / (positivesBelow * negativesBelow);
  }

  /** Returns the share of positive rows. */
  double rate() {
    close();
    return positivesBelow / (positivesBelow + negativesBelow);
  }

  /** Returns the weight of all rows. */
  double weight() {
    close();
    return positivesBelow + negativesBelow;
  }
}
