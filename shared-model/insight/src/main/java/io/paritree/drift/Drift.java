package io.paritree.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.paritree.profile.Profile;
import java.util.Comparator;
import java.util.List;

/**
 * The rows of a profile compared with a baseline. What cannot be compared says why. Immutable and
 * thread-safe.
 *
 * @param baseline its name
 * @param partitions of the baseline
 * @param rows of the baseline, by partition
 * @param fields in the order of the model's features
 * @param outputs in the model's order
 * @param margins in the model's order; empty if one of both has no contributions
 * @param notExplained why there are no impacts; empty if there are
 */
public record Drift(
    @JsonProperty(required = true) String baseline,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> partitions,
    double rows,
    List<FieldDrift> fields,
    List<OutputDrift> outputs,
    List<MarginDrift> margins,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String notExplained) {
  public Drift {
    partitions = List.copyOf(partitions);
    fields = List.copyOf(fields);
    outputs = List.copyOf(outputs);
    margins = List.copyOf(margins);
  }

  /** Compares rows with a baseline. */
  public static Drift of(Profile profile, Baseline baseline) {
    return new DriftMeasuring(profile, baseline).measured();
  }

  /** Returns the fields with an impact, by its absolute value, the largest first. */
  public List<FieldDrift> byImpact() {
    return fields.stream()
        .filter(field -> field.impact().orElse(0) != 0)
        .sorted(
            Comparator.comparingDouble((FieldDrift field) -> Math.abs(field.impact().orElseThrow()))
                .reversed())
        .toList();
  }
}
