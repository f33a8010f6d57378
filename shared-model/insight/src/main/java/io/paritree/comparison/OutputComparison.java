package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.drift.Shift;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How the values of an output differ, over rows that both models score.
 *
 * @param championMean of the scores; NaN if one is no number
 * @param challengerMean of the challenger's scores
 * @param difference of the scores, or of the margins where these are compared
 * @param margin of the margins, where scores are compared
 * @param ks the Kolmogorov-Smirnov distance of the two distributions, 0 to 1
 * @param error how much more than {@code ks} the distance can be, since values that are close
 *     together were counted as one; 0 if it is exact
 * @param shift between the champion's tenths
 */
public record OutputComparison(
    String name,
    double championMean,
    double challengerMean,
    Difference difference,
    Optional<Difference> margin,
    double ks,
    double error,
    Optional<Shift> shift) {
  /** Returns the population stability index; NaN if there is none. */
  public double psi() {
    return shift.map(Shift::psi).orElse(Double.NaN);
  }

  /** Returns of each measure the worst of some outputs, at least one. */
  static OutputComparison worst(List<OutputComparison> outputs) {
    if (outputs.size() == 1) {
      return outputs.get(0);
    }

    double least = outputs.stream().mapToDouble(OutputComparison::ks).max().orElseThrow();
    double most =
        outputs.stream().mapToDouble(output -> output.ks + output.error).max().orElseThrow();
    return new OutputComparison(
        "",
        Double.NaN,
        Double.NaN,
        Difference.largest(outputs.stream().map(OutputComparison::difference).toList()),
        outputs.stream().allMatch(output -> output.margin.isPresent())
            ? Optional.of(
                Difference.largest(outputs.stream().flatMap(o -> o.margin.stream()).toList()))
            : Optional.empty(),
        least,
        most - least,
        Shift.largest(outputs.stream().flatMap(output -> output.shift.stream()).toList()));
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
    if (error > 0) {
      json.writeNumberField("error", error);
    }

    if (shift.isPresent()) {
      Documents.members(shift.get(), json);
    }
  }
}
