package io.paritree.outcome;

import java.util.Optional;

/** Counts labels and outcomes of rows. */
final class ConfusionSums {
  private final PreciseSum truePositives = new PreciseSum();
  private final PreciseSum falsePositives = new PreciseSum();
  private final PreciseSum falseNegatives = new PreciseSum();
  private final PreciseSum trueNegatives = new PreciseSum();
  private boolean hasLabels = true;

  void add(OutcomeRow row) {
    if (Double.isNaN(row.label())) {
      hasLabels = false;
    } else if (row.label() > 0) {
      (row.outcome() > 0 ? truePositives : falsePositives).add(row.total());
    } else {
      (row.outcome() > 0 ? falseNegatives : trueNegatives).add(row.total());
    }
  }

  /** Returns the counts; empty if a row had no label. */
  Optional<Confusion> confusion() {
    return hasLabels
        ? Optional.of(
            new Confusion(
                truePositives.value(),
                falsePositives.value(),
                falseNegatives.value(),
                trueNegatives.value()))
        : Optional.empty();
  }
}
