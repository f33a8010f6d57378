package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.drift.Shift;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

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
 * @param top for 1, 5 and 10 % of the rows, which share of the champion's first rows are among the
 *     challenger's first, too
 * @param error by how much distances, correlation and shares may be wrong, since values that are
 *     close together were counted as one: the share of the most frequent one; 0 if they are exact
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
    List<Double> top,
    double error) {
  /** The shares of the top, in percent. */
  static final List<Integer> TOP_PERCENT = List.of(1, 5, 10);

  private static final List<String> TOP = List.of("0.01", "0.05", "0.1");

  public OutputComparison {
    top = List.copyOf(top);
  }

  /** Returns the population stability index; NaN if there is none. */
  public double psi() {
    return shift.map(Shift::psi).orElse(Double.NaN);
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
        IntStream.range(0, TOP.size())
            .mapToObj(share -> outputs.stream().mapToDouble(o -> o.top.get(share)).min())
            .map(least -> least.orElseThrow())
            .toList(),
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
    for (int share = 0; share < TOP.size(); share++) {
      json.writeNumberField(TOP.get(share), top.get(share));
    }

    json.writeEndObject();
    if (error > 0) {
      json.writeNumberField("error", error);
    }
  }
}
