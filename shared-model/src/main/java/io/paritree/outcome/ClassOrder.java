package io.paritree.outcome;

/** How well the scores of a class put its rows above all others. */
final class ClassOrder {
  private final PreciseSum ordered = new PreciseSum();
  private double score = Double.NEGATIVE_INFINITY;
  private double positives; // with this score
  private double negatives;
  private double positivesBelow;
  private double negativesBelow;

  void add(double next, boolean isPositive, double weight) {
    if (next != score) {
      if (!(next > score && next >= 0 && next <= 1)) {
        throw new IllegalArgumentException(
            "Cannot measure the score %s after %s: ascending probabilities were expected"
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
    positivesBelow += positives;
    negativesBelow += negatives;
    positives = 0;
    negatives = 0;
  }

  /** Returns the area under the curve of this class against the others; NaN without either. */
  double auc() {
    close();
    return ordered.value() / (positivesBelow * negativesBelow);
  }
}
