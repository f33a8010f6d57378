package io.paritree.outcome;

import java.util.OptionalDouble;

/**
 * What rows of values add up to, by weight. With the score s and the outcome y of a row:
 *
 * @param errors of s - y
 * @param absoluteErrors of |s - y|
 * @param squaredErrors of (s - y)²
 * @param deviations of the squared distance of y from the mean outcome of these rows
 * @param below of 1 where y is below s, and of a half where they are equal
 * @param pinball of the pinball loss; NaN if scores are no quantile
 * @param poisson of the Poisson deviance; NaN where a row has none
 * @param gamma of the gamma deviance; NaN where a row has none
 */
public record ValueSums(
    double errors,
    double absoluteErrors,
    double squaredErrors,
    double deviations,
    double below,
    double pinball,
    double poisson,
    double gamma) {

  /** Returns what a row adds, for a weight of 1. */
  public static ValueSums ofRow(double score, double outcome, OptionalDouble quantile) {
    double error = score - outcome;
    return new ValueSums(
        error,
        Math.abs(error),
        error * error,
        0,
        (1 + Math.signum(error)) / 2,
        pinballLoss(score, outcome, quantile),
        poissonDeviance(score, outcome),
        gammaDeviance(score, outcome));
  }

  /** Returns the pinball loss of a score; NaN if it is no quantile. */
  private static double pinballLoss(double score, double outcome, OptionalDouble quantile) {
    double share = quantile.orElse(Double.NaN);
    return (outcome >= score ? share : share - 1) * (outcome - score);
  }

  private static double poissonDeviance(double score, double outcome) {
    if (score <= 0 || outcome < 0) {
      return Double.NaN;
    }

    double log = outcome == 0 ? 0 : outcome * StrictMath.log(outcome / score);
    return 2 * (log - outcome + score);
  }

  private static double gammaDeviance(double score, double outcome) {
    return score <= 0 || outcome <= 0
        ? Double.NaN
        : 2 * (StrictMath.log(score / outcome) + outcome / score - 1);
  }

  /** Returns what rows of one outcome add, all together of this weight. */
  ValueSums times(double weight) {
    return new ValueSums(
        weight * errors,
        weight * absoluteErrors,
        weight * squaredErrors,
        weight * deviations,
        weight * below,
        weight * pinball,
        weight * poisson,
        weight * gamma);
  }
}
