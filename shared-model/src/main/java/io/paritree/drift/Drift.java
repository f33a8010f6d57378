package io.paritree.drift;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import io.paritree.profile.Profile;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

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
    String baseline,
    List<String> partitions,
    double rows,
    List<FieldDrift> fields,
    List<OutputDrift> outputs,
    List<MarginDrift> margins,
    String notExplained) {
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

  /**
   * Reads a comparison that is a value in a document. It has what was written of it, not how many
   * rows shares are of.
   *
   * @param fields says which fields are read
   */
  public static Drift read(StrictJson json, Predicate<String> fields) throws BrokenJsonException {
    return new DriftReader(json, fields).read();
  }

  /** Writes the members of the comparison. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("baseline", baseline);
    if (!partitions.isEmpty()) {
      JsonText.array(json, "partitions", partitions, json::writeString);
    }

    json.writeFieldName("rows");
    JsonText.number(json, rows);
    JsonText.objects(json, "fields", fields, field -> field.write("field", json));
    JsonText.objects(json, "outputs", outputs, output -> output.write(json));
    JsonText.objects(json, "margins", margins, margin -> margin.write(json));
    JsonText.optional(json, "not_explained", notExplained);
  }
}
