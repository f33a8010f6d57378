package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;

/**
 * How good scores of values were.
 *
 * @param meanError the mean of score - outcome
 * @param meanAbsoluteError the mean of its absolute value
 * @param rootMeanSquaredError the root of the mean of its square
 * @param explained the share of the outcomes' variance that the scores explain (R²); NaN if all
 *     outcomes are equal
 * @param observedOverExpected the sum of the outcomes over the sum of the scores
 * @param below the share of outcomes below their scores, of equal ones a half: that of a quantile
 * @param pinballLoss the mean of {@code a (y - s)} of outcomes y above their scores s, and of
 *     {@code (1 - a) (s - y)} of others, where a is the quantile (R. Koenker and G. Bassett,
 *     "Regression quantiles", 1978); NaN if scores are no quantile
 * @param poissonDeviance the mean of {@code 2 (y ln(y/s) - y + s)}; NaN unless all scores are above
 *     0 and no outcome is below
 * @param gammaDeviance the mean of {@code 2 (ln(s/y) + y/s - 1)}; NaN unless all scores and
 *     outcomes are above 0
 * @param groups ten groups of about as many rows, lowest scores first
 */
public record ValueMeasures(
    OutcomeTotals totals,
    double meanScore,
    double meanError,
    double meanAbsoluteError,
    double rootMeanSquaredError,
    double explained,
    double observedOverExpected,
    double below,
    double pinballLoss,
    double poissonDeviance,
    double gammaDeviance,
    List<ScoreGroup> groups)
    implements Measured {
  @Override
  public long rows() {
    return totals.rows();
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        Measure.of("mean_score", meanScore),
        Measure.of("mean_outcome", totals.mean()),
        Measure.of("mean_error", meanError),
        Measure.of("mae", meanAbsoluteError),
        Measure.of("rmse", rootMeanSquaredError),
        Measure.of("r2", explained),
        Measure.of("observed_over_expected", observedOverExpected),
        Measure.of("share_below", below),
        Measure.of("pinball_loss", pinballLoss),
        Measure.of("poisson_deviance", poissonDeviance),
        Measure.of("gamma_deviance", gammaDeviance));
  }

  @Override
  public void write(JsonGenerator json) throws IOException {
    totals.write(json);
    for (Measure measure : measures()) {
      measure.write(json);
    }

    JsonText.objects(json, "groups", groups, group -> group.write(json));
  }
}
