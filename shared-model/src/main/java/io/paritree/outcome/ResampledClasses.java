package io.paritree.outcome;

import java.util.Map;

/** The measures of {@link ClassOutcome} that resamples have. */
final class ResampledClasses implements ResampledMeasures {
  private final ResampledMeans rows = new ResampledMeans(2);

  @Override
  public void add(OutcomeRow row, int[] times) {
    if (row.isOfItsOutcome()) {
      boolean isUnscored = row.part() == OutcomeRow.NO_CLASS;
      rows.add(
          row.total(),
          times,
          row.label() == row.outcome() ? 1 : 0,
          isUnscored ? Double.NaN : BinaryOutcome.loss(row.score(), true));
    }
  }

  @Override
  public Map<String, double[]> values() {
    return Map.of("accuracy", rows.means(0), "log_loss", rows.means(1));
  }
}
