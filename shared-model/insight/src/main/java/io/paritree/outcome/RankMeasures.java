package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/**
 * How good the order was that scores give to lists.
 *
 * @param lists their number
 * @param withoutRelevant those without a relevant row, whose gain is 1, as in XGBoost
 * @param gain5 the mean gain of the first 5 places ({@link RankedList})
 * @param gain5Error its standard error, of the lists; NaN of one list
 * @param gain10 the mean gain of the first 10 places
 * @param gain10Error its standard error
 */
public record RankMeasures(
    OutcomeTotals totals,
    long lists,
    long withoutRelevant,
    double gain5,
    double gain5Error,
    double gain10,
    double gain10Error)
    implements Measured {
  static final String GAIN_5 = "ndcg@5";
  static final String GAIN_10 = "ndcg@10";

  @Override
  public long rows() {
    return totals.rows();
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        measure(GAIN_5, gain5, gain5Error),
        Measure.of(GAIN_5 + "_error", gain5Error),
        measure(GAIN_10, gain10, gain10Error),
        Measure.of(GAIN_10 + "_error", gain10Error));
  }

  private static Measure measure(String name, double value, double error) {
    return new Measure(name, value, Interval.ofMeasure(value, error));
  }

  @Override
  public void write(JsonGenerator json) throws IOException {
    totals.write(json);
    json.writeNumberField("lists", lists);
    json.writeNumberField("lists_without_relevant", withoutRelevant);
    for (Measure measure : measures()) {
      measure.write(json);
    }
  }
}
