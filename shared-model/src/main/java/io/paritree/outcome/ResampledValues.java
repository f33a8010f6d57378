package io.paritree.outcome;

import java.util.Map;

/** The measures of {@link ValueOutcome} that resamples have. */
final class ResampledValues implements ResampledMeasures {
  private final ResampledMeans errors = new ResampledMeans(3);

  @Override
  public void add(OutcomeRow row, int[] times) {
    double error = row.score() - row.outcome();
    errors.add(row.total(), times, error, Math.abs(error), error * error);
  }

  @Override
  public Map<String, double[]> values() {
    return Map.of(
        "mean_error", errors.means(0), "mae", errors.means(1), "rmse", errors.means(2, Math::sqrt));
  }
}
