package io.paritree.outcome;

import java.util.Map;

/** The measures of {@link BinaryOutcome} that resamples have. */
final class ResampledBinary implements ResampledMeasures {
  private final ResampledMeans errors = new ResampledMeans(2);
  private final double[] ordered = new double[Resampling.RESAMPLES];
  private final double[] positives = new double[Resampling.RESAMPLES]; // with the last score
  private final double[] negatives = new double[Resampling.RESAMPLES];
  private final double[] positivesBelow = new double[Resampling.RESAMPLES];
  private final double[] negativesBelow = new double[Resampling.RESAMPLES];
  private double score = Double.NaN;

  @Override
  public void add(OutcomeRow row, int[] times) {
    if (row.score() != score) {
      close();
      score = row.score();
    }

    boolean isPositive = row.outcome() > 0;
    double[] own = isPositive ? positives : negatives;
    for (int resample = 0; resample < times.length; resample++) {
      own[resample] += times[resample] * row.total();
    }

    double error = score - (isPositive ? 1 : 0);
    errors.add(row.total(), times, error * error, BinaryOutcome.loss(score, isPositive));
  }

  private void close() {
    for (int resample = 0; resample < ordered.length; resample++) {
      ordered[resample] +=
          positives[resample] * (negativesBelow[resample] + negatives[resample] / 2);
      positivesBelow[resample] += positives[resample];
      negativesBelow[resample] += negatives[resample];
      positives[resample] = 0;
      negatives[resample] = 0;
    }
  }

  @Override
  public Map<String, double[]> values() {
    close();
    double[] auc = new double[Resampling.RESAMPLES];
    for (int resample = 0; resample < auc.length; resample++) {
      auc[resample] = ordered[resample] / (positivesBelow[resample] * negativesBelow[resample]);
    }

    return Map.of("auc", auc, "brier", errors.means(0), "log_loss", errors.means(1));
  }
}
