package io.paritree.spark.insight.outcomes;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.outcome.MeasuredModel;
import io.paritree.outcome.OutcomeDifference;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Two models on the same rows.
 *
 * @param source the directory that the challenger's scores were published to
 * @param models that are the challenger
 * @param rows that both have, with a label
 * @param unscored rows with a label that only the published scores have
 */
record ModelComparison(
    String source,
    List<MeasuredModel> models,
    long rows,
    long unscored,
    OutcomeDifference difference) {
  ModelComparison {
    models = List.copyOf(models);
  }

  /** Returns the challenger's versions in one text; empty if its rows have none. */
  String versions() {
    return models.stream()
        .map(MeasuredModel::version)
        .filter(version -> !version.isEmpty())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("source", source);
    JsonText.objects(json, "models", models, model -> model.write(json));
    json.writeNumberField("n", rows);
    json.writeNumberField("unscored", unscored);
    difference.write(json);
  }
}
