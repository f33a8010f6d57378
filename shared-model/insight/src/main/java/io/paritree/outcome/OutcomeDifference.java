package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How good the scores of two models were for the same rows.
 *
 * @param published the measures of the scores that were published
 * @param challenger the measures of the others
 * @param differences of each measure the challenger's less the published; of some with an interval
 */
public record OutcomeDifference(
    Measured published, Measured challenger, List<Measure> differences) {
  private static final double LOW = 0.025;
  private static final double HIGH = 0.975;

  public OutcomeDifference {
    differences = List.copyOf(differences);
  }

  /**
   * Compares two models on the same rows.
   *
   * @param resamples of the rows with the published scores
   * @param others of the rows with the challenger's scores
   */
  public static OutcomeDifference of(
      Measured own, Resamples resamples, Measured other, Resamples others) {
    Map<String, double[]> ofOwn = resamples.values();
    Map<String, double[]> ofOther = others.values();
    List<Measure> differences = new ArrayList<>();
    for (int index = 0; index < own.measures().size(); index++) {
      Measure one = own.measures().get(index);
      Measure another = other.measures().get(index);
      Optional<Interval> interval =
          ofOwn.containsKey(one.name())
              ? interval(ofOwn.get(one.name()), ofOther.get(one.name()))
              : Optional.empty();
      differences.add(new Measure(one.name(), another.value() - one.value(), interval));
    }

    return new OutcomeDifference(own, other, differences);
  }

  /** Returns between which differences 95 % of the resamples are; empty if some have none. */
  private static Optional<Interval> interval(double[] own, double[] other) {
    double[] sorted =
        IntStream.range(0, own.length).mapToDouble(index -> other[index] - own[index]).toArray();
    Arrays.sort(sorted);
    return Double.isNaN(sorted[sorted.length - 1]) // NaN is sorted last
        ? Optional.empty()
        : Optional.of(new Interval(quantile(sorted, LOW), quantile(sorted, HIGH)));
  }

  /** Returns a quantile, between two values by its distance from them, as NumPy does. */
  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    double rest = place - below;
    return sorted[below] + rest * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
  }

  /** Writes the members of the comparison into an open object. */
  public void write(JsonGenerator json) throws IOException {
    json.writeNumberField("resamples", Resampling.RESAMPLES);
    json.writeObjectFieldStart("published");
    published.write(json);
    json.writeEndObject();
    json.writeObjectFieldStart("challenger");
    challenger.write(json);
    json.writeEndObject();
    json.writeObjectFieldStart("difference");
    for (Measure measure : differences) {
      measure.write(json);
    }

    json.writeEndObject();
  }
}
