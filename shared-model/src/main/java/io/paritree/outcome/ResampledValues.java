package io.paritree.outcome;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** The measures of {@link ValueOutcome} that resamples have. */
final class ResampledValues implements ResampledMeasures {
  private final OptionalDouble quantile;
  private final ResampledMeans errors = new ResampledMeans(4);

  ResampledValues(OptionalDouble quantile) {
    this.quantile = quantile;
  }

  @Override
  public void add(OutcomeRow row, int[] times) {
    double error = row.score() - row.outcome();
    double pinball = ValueOutcome.pinballLoss(row.score(), row.outcome(), quantile);
    errors.add(row.total(), times, error, Math.abs(error), error * error, pinball);
  }

  @Override
  public Map<String, double[]> values() {
    Map<String, double[]> values = new HashMap<>();
    values.put("mean_error", errors.means(0));
    values.put("mae", errors.means(1));
    values.put("rmse", errors.means(2, Math::sqrt));
    if (quantile.isPresent()) {
      values.put("pinball_loss", errors.means(3));
    }

    return values;
  }
}
