package io.paritree.outcome;

import java.util.List;

/**
 * How good scores of two outcomes were. A measure that the rows do not have is NaN: an order needs
 * both outcomes.
 *
 * @param auc the share of pairs of a positive and a negative row whose scores are in the right
 *     order, of equal scores a half
 * @param aucError its standard error: J. A. Hanley and B. J. McNeil, "The meaning and use of the
 *     area under a receiver operating characteristic (ROC) curve", Radiology 143, 1982, for the
 *     numbers of rows
 * @param ks the largest difference of the shares of positive and of negative rows up to a score
 * @param averagePrecision the mean precision over all positive rows, at their scores
 * @param brier the mean of {@code (p - y)²}
 * @param reliability a part of it: how far the rates of the groups are from their mean scores
 * @param resolution a part of it, which is taken off: how far the groups' rates are from all rows'
 * @param uncertainty a part of it: {@code rate (1 - rate)} of all rows; what is left of the Brier
 *     score is from within the groups (A. H. Murphy, "A new vector partition of the probability
 *     score", 1973)
 * @param logLoss the mean of {@code -ln} of the probability that the outcome was given, which is
 *     taken to be at least 1e-7
 * @param meanScore the expected rate
 * @param rateDeviations how far the rate is from it, in standard deviations
 * @param spiegelhalter calibration as a standard normal deviate: D. J. Spiegelhalter,
 *     "Probabilistic prediction in patient management and clinical trials", 1986
 * @param calibrationError the mean distance of the groups' rates from their mean scores
 * @param groups ten groups of about as many rows, lowest scores first; rows with one score are in
 *     one group, so there may be fewer
 * @param top the rows with the highest scores, for 1, 5, 10 and 20 %
 */
public record BinaryMeasures(
    BinaryTotals totals,
    double auc,
    double aucError,
    double ks,
    double averagePrecision,
    double brier,
    double reliability,
    double resolution,
    double uncertainty,
    double logLoss,
    double meanScore,
    double rateDeviations,
    double spiegelhalter,
    double calibrationError,
    List<ScoreGroup> groups,
    List<TopRows> top,
    Confusion confusion,
    Expectation expected) {

  /** Returns where the area lies in 95 of 100 cases. */
  public Interval aucInterval() {
    return Interval.ofMeasure(auc, aucError);
  }
}
