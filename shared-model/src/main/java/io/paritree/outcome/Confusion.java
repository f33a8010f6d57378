package io.paritree.outcome;

/**
 * Weights of rows by what the label said and what came; a label is positive above the threshold.
 *
 * @param truePositives label and outcome are positive
 * @param falsePositives the label only
 * @param falseNegatives the outcome only
 * @param trueNegatives neither
 */
public record Confusion(
    double threshold,
    double truePositives,
    double falsePositives,
    double falseNegatives,
    double trueNegatives) {

  /** Returns the share of positive outcomes among positive labels; NaN without any. */
  public double precision() {
    return truePositives / (truePositives + falsePositives);
  }

  /** Returns the share of positive outcomes whose label is positive; NaN without any. */
  public double recall() {
    return truePositives / (truePositives + falseNegatives);
  }
}
