package io.paritree.spark.outcomes;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.outcome.Interval;
import io.paritree.outcome.Measure;
import io.paritree.outcome.OutcomeDifference;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two models on the same rows.
 *
 * @param source where the challenger's scores are from, or the rows that it has scored
 * @param sourceVersion the version of that table; empty for files
 * @param versions of the challenger's model
 * @param rows that both have, with a label
 * @param unscored rows with a label that only the published scores have
 */
record ModelComparison(
    String source,
    String sourceVersion,
    List<String> versions,
    long rows,
    long unscored,
    OutcomeDifference difference) {
  /** The subjects of rules. */
  static final String CHALLENGER = "challenger";

  static final String DIFFERENCE = "difference";

  private static final String LOW = "_low";
  private static final String HIGH = "_high";

  ModelComparison {
    versions = List.copyOf(versions);
  }

  /** Returns what a rule may name of a difference whose measures have these names. */
  static List<String> words(List<String> measures) {
    return measures.stream()
        .flatMap(name -> List.of(name, name + LOW, name + HIGH).stream())
        .toList();
  }

  /** Returns the differences by name, with the ends of their intervals. */
  Map<String, Double> differences() {
    Map<String, Double> all = new LinkedHashMap<>();
    for (Measure own : difference.differences()) {
      all.put(own.name(), own.value());
      all.put(own.name() + LOW, own.interval().map(Interval::low).orElse(Double.NaN));
      all.put(own.name() + HIGH, own.interval().map(Interval::high).orElse(Double.NaN));
    }

    return all;
  }

  /** Returns the same without how scores are distributed. */
  ModelComparison withoutScores() {
    return new ModelComparison(
        source, sourceVersion, versions, rows, unscored, difference.withoutScores());
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("source", source);
    JsonText.optional(json, "version", sourceVersion);
    JsonText.array(json, "models", versions, json::writeString);
    json.writeNumberField("n", rows);
    json.writeNumberField("unscored", unscored);
    difference.write(json);
  }
}
