package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.drift.Shift;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How the values of an output differ, over rows that both models score.
 *
 * @param championMean of the scores; NaN if one is no number
 * @param challengerMean of the challenger's scores
 * @param difference of the scores, or of the margins where these are compared
 * @param margin of the margins, where scores are compared
 * @param ks the Kolmogorov-Smirnov distance of the two distributions, 0 to 1
 * @param shift between the champion's tenths
 * @param spearman the correlation of ranks; NaN if a model gives all rows the same
 * @param top which of the champion's first rows are among the challenger's first, too
 * @param error how far the distance and the correlation can be from what all bits of the values
 *     give, since values that are close together were counted as one; 0 if they are exact
 */
public record OutputComparison(
    String name,
    double championMean,
    double challengerMean,
    Difference difference,
    Optional<Difference> margin,
    double ks,
    Optional<Shift> shift,
    double spearman,
    TopOverlap top,
    double error) {
  /** Returns the population stability index; NaN if there is none. */
  public double psi() {
    return shift.map(Shift::psi).orElse(Double.NaN);
  }

  OutputComparison withoutMeans() {
    return new OutputComparison(
        name, Double.NaN, Double.NaN, difference, margin, ks, shift, spearman, top, error);
  }

  /** Returns of each measure the worst of some outputs, at least one. */
  static OutputComparison worst(List<OutputComparison> outputs) {
    if (outputs.size() == 1) {
      return outputs.get(0);
    }

    return new OutputComparison(
        "",
        Double.NaN,
        Double.NaN,
        Difference.largest(outputs.stream().map(OutputComparison::difference).toList()),
        outputs.stream().allMatch(output -> output.margin.isPresent())
            ? Optional.of(
                Difference.largest(outputs.stream().flatMap(o -> o.margin.stream()).toList()))
            : Optional.empty(),
        largest(outputs, OutputComparison::ks),
        Shift.largest(outputs.stream().flatMap(output -> output.shift.stream()).toList()),
        outputs.stream().mapToDouble(OutputComparison::spearman).min().orElseThrow(),
        TopOverlap.least(outputs.stream().map(OutputComparison::top).toList()),
        largest(outputs, OutputComparison::error));
  }

  private static double largest(
      List<OutputComparison> outputs, ToDoubleFunction<OutputComparison> measure) {
    return outputs.stream().mapToDouble(measure).max().orElseThrow();
  }

  /** Writes the members, but for the name. */
  void write(JsonGenerator json) throws IOException {
    JsonText.member(json, "champion_mean", championMean);
    JsonText.member(json, "challenger_mean", challengerMean);
    json.writeObjectFieldStart("difference");
    difference.write(json);
    json.writeEndObject();
    if (margin.isPresent()) {
      json.writeObjectFieldStart("margin_difference");
      margin.get().write(json);
      json.writeEndObject();
    }

    JsonText.member(json, "ks", ks);
    if (shift.isPresent()) {
      shift.get().write(json);
    }

    JsonText.member(json, "spearman", spearman);
    json.writeObjectFieldStart("top");
    top.write(json);
    json.writeEndObject();
    if (error > 0) {
      json.writeNumberField("error", error);
    }
  }
}
