package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How good scores of two outcomes were. A measure that the rows do not have is NaN: an order needs
 * both outcomes.
 *
 * @param auc the share of pairs of a positive and a negative row whose scores are in the right
 *     order, of equal scores a half
 * @param aucError its standard error: J. A. Hanley and B. J. McNeil, "The meaning and use of the
 *     area under a receiver operating characteristic (ROC) curve", Radiology 143, 1982, for the
 *     effective numbers of rows ({@link OutcomeTotals})
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
 * @param rateDeviations how far the rate is from it, in standard deviations: {@code sum w (y - p)}
 *     over the root of its variance {@code sum w² p (1 - p)}, as outcomes are independent
 * @param spiegelhalter calibration as a standard normal deviate: D. J. Spiegelhalter,
 *     "Probabilistic prediction in patient management and clinical trials", 1986; with weights as
 *     the one before, {@code sum w (y - p) (1 - 2p)} and {@code sum w² (1 - 2p)² p (1 - p)}
 * @param calibrationError the mean distance of the groups' rates from their mean scores
 * @param groups ten groups of about as many rows, lowest scores first; rows with one score are in
 *     one group, so there may be fewer
 * @param top the rows with the highest scores, for 1, 5, 10 and 20 %
 * @param confusion of the labels; empty without labels
 * @param expected what would have come if the scores were right
 */
public record BinaryMeasures(
    OutcomeTotals totals,
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
    Optional<Confusion> confusion,
    Expectation expected)
    implements Measured {
  private static final double PERCENT = 100;

  @Override
  public long rows() {
    return totals.rows();
  }

  @Override
  public List<Measure> measures() {
    List<Measure> all = new ArrayList<>();
    all.add(new Measure("auc", auc, Interval.ofMeasure(auc, aucError)));
    all.add(Measure.of("auc_error", aucError));
    all.add(Measure.of("ks", ks));
    all.add(Measure.of("average_precision", averagePrecision));
    all.add(Measure.of("brier", brier));
    all.add(Measure.of("reliability", reliability));
    all.add(Measure.of("resolution", resolution));
    all.add(Measure.of("uncertainty", uncertainty));
    all.add(Measure.of("log_loss", logLoss));
    all.add(Measure.of("mean_score", meanScore));
    Interval rateInterval = Interval.ofShare(totals.mean(), totals.effectiveRows());
    all.add(new Measure("rate", totals.mean(), Optional.of(rateInterval)));
    all.add(Measure.of("rate_z", rateDeviations));
    all.add(Measure.of("spiegelhalter_z", spiegelhalter));
    all.add(Measure.of("calibration_error", calibrationError));
    for (TopRows rows : top) {
      String percent = "_" + Math.round(PERCENT * rows.share());
      all.add(Measure.of("gain" + percent, rows.gain()));
      all.add(Measure.of("lift" + percent, rows.lift()));
    }

    all.add(Measure.of("precision", confusion.map(Confusion::precision).orElse(Double.NaN)));
    all.add(Measure.of("recall", confusion.map(Confusion::recall).orElse(Double.NaN)));
    all.add(Measure.of("expected_positives", expected.positives()));
    all.add(Measure.of("expected_brier", expected.brier()));
    all.add(Measure.of("expected_auc", expected.auc()));
    return all;
  }

  @Override
  public void write(JsonGenerator json) throws IOException {
    totals.write(json);
    json.writeNumberField("positives", totals.positiveRows());
    for (Measure measure : measures()) {
      measure.write(json);
    }

    if (confusion.isPresent()) {
      confusion.get().write(json);
    }

    JsonText.objects(json, "groups", groups, group -> group.write(json));
  }
}
