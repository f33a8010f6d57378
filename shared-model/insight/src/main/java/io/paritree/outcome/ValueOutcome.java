package io.paritree.outcome;

import java.util.OptionalDouble;

/** Measures scores of values. Not thread-safe. */
public final class ValueOutcome implements OutcomeMeasuring {
  private final OutcomeTotals totals;
  private final OptionalDouble quantile;
  private final ScoreGroups groups;
  private final PreciseSum scores = new PreciseSum();
  private final PreciseSum errors = new PreciseSum();
  private final PreciseSum absoluteErrors = new PreciseSum();
  private final PreciseSum squaredErrors = new PreciseSum();
  private final PreciseSum deviations = new PreciseSum();
  private final PreciseSum below = new PreciseSum();
  private final PreciseSum pinball = new PreciseSum();
  private final PreciseSum poisson = new PreciseSum();
  private final PreciseSum gamma = new PreciseSum();
  private double last = Double.NEGATIVE_INFINITY;
  private PreciseSum ofBlock = new PreciseSum();
  private double blockWeight;
  private double blockSquares;
  private long blockRows;

  /**
   * @param totals of all rows that will be added
   * @param quantile the share of outcomes that should be below their scores; empty for any scores
   */
  public ValueOutcome(OutcomeTotals totals, OptionalDouble quantile) {
    this.totals = totals;
    this.quantile = quantile;
    this.groups = new ScoreGroups(totals.weight(), false);
  }

  @Override
  public void add(OutcomeRow row) {
    double score = row.score();
    if (!(score >= last) || Double.isInfinite(score)) {
      throw new IllegalArgumentException(
          "Cannot measure the score %s after %s: ascending numbers were expected"
              .formatted(score, last));
    }

    if (score != last) {
      close();
      last = score;
    }

    double weight = row.total();
    double outcome = row.outcome();
    blockRows += row.rows();
    blockWeight += weight;
    blockSquares += row.squares();
    ofBlock.add(weight * outcome);
    double distance = outcome - totals.mean();
    ValueSums sums =
        row.values().orElseGet(() -> ValueSums.ofRow(score, outcome, quantile).times(weight));
    scores.add(weight * score);
    errors.add(sums.errors());
    absoluteErrors.add(sums.absoluteErrors());
    squaredErrors.add(sums.squaredErrors());
    deviations.add(sums.deviations() + weight * distance * distance);
    below.add(sums.below());
    pinball.add(sums.pinball());
    poisson.add(sums.poisson());
    gamma.add(sums.gamma());
  }

  private void close() {
    if (blockRows > 0) {
      groups.add(last, blockRows, blockWeight, blockSquares, ofBlock.value());
      ofBlock = new PreciseSum();
      blockRows = 0;
      blockWeight = 0;
      blockSquares = 0;
    }
  }

  @Override
  public ValueMeasures measured() {
    close();
    double weight = totals.weight();
    double variance = deviations.value();
    return new ValueMeasures(
        totals,
        scores.value() / weight,
        errors.value() / weight,
        absoluteErrors.value() / weight,
        Math.sqrt(squaredErrors.value() / weight),
        variance == 0 ? Double.NaN : 1 - squaredErrors.value() / variance,
        totals.mean() * weight / scores.value(),
        below.value() / weight,
        pinball.value() / weight,
        poisson.value() / weight,
        gamma.value() / weight,
        groups.groups());
  }
}
