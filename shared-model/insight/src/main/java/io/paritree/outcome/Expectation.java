package io.paritree.outcome;

/**
 * What would come on average if each score is the probability of the positive outcome.
 *
 * @param positives the sum of the scores
 * @param brier the mean of {@code p (1 - p)}
 * @param auc the share of pairs in the right order, each pair with its probability; NaN if there
 *     can be none
 */
public record Expectation(double positives, double brier, double auc) {}
