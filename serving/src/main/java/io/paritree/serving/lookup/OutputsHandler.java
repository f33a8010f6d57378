package io.paritree.serving.lookup;

import com.fasterxml.jackson.core.JsonGenerator;
import io.javalin.http.Context;
import io.paritree.json.JsonText;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.ScoreSpread;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.OpenPartition;
import io.paritree.serving.stored.ServedOutput;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET /v1/scores} and {@code GET /v1/scores/{table}}: the outputs that are served.
 * Thread-safe.
 *
 * @param config says whether people may see an example of a key: where the page is served to them
 */
public record OutputsHandler(StoredScores scores, ServingConfig config) {
  public void list(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    Answers.object(
        ctx, json -> JsonText.objects(json, "scores", scores.all(), each -> write(each, json)));
  }

  private static void write(ServedOutput output, JsonGenerator json) throws IOException {
    List<OpenPartition> partitions = output.partitions();
    json.writeStringField("name", output.name());
    json.writeNumberField("partitions", partitions.size());
    json.writeNumberField("rows", rows(partitions));
    if (!partitions.isEmpty()) {
      json.writeFieldName("newest");
      write(partitions.get(0), json);
    }

    writeUnserved(output, json);
  }

  public void output(Context ctx) throws IOException {
    MediaTypes.requireJsonAccepted(ctx);
    ServedOutput output =
        scores
            .find(ctx.pathParam("table"))
            .orElseThrow(() -> new ProblemException(Problems.UNKNOWN_SCORES.of(scores.names())));
    List<OpenPartition> partitions = output.partitions();
    boolean hasExample = config.servesPage() && !partitions.isEmpty();
    Optional<byte[]> example = hasExample ? output.exampleKey(partitions.get(0)) : Optional.empty();
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", output.name());
          writeKeys(partitions, json);
          if (example.isPresent()) {
            json.writeFieldName("example_key");
            json.writeRawValue(new String(example.get(), StandardCharsets.UTF_8));
          }

          json.writeNumberField("rows", rows(partitions));
          JsonText.array(json, "partitions", partitions, each -> write(each, json));
          writeUnserved(output, json);
        });
  }

  private static void writeUnserved(ServedOutput output, JsonGenerator json) throws IOException {
    JsonText.array(
        json,
        "not_served",
        output.unserved(),
        one -> json.writeRawValue(new String(one.json(), StandardCharsets.UTF_8)));
  }

  private static long rows(List<OpenPartition> partitions) {
    return partitions.stream().mapToLong(OpenPartition::rows).sum();
  }

  private static void writeKeys(List<OpenPartition> partitions, JsonGenerator json)
      throws IOException {
    List<KeyColumn> keys =
        partitions.isEmpty() ? List.of() : partitions.get(0).manifest().keys().columns();
    JsonText.objects(
        json,
        "keys",
        keys,
        key -> {
          json.writeStringField("name", key.name());
          json.writeStringField("type", key.type().word());
        });
  }

  private static void write(OpenPartition partition, JsonGenerator json) throws IOException {
    IndexManifest manifest = partition.manifest();
    json.writeStartObject();
    json.writeObjectFieldStart("partition");
    for (Map.Entry<String, String> value : partition.values().entrySet()) {
      json.writeStringField(value.getKey(), value.getValue());
    }

    json.writeEndObject();
    json.writeNumberField("rows", manifest.rows());
    json.writeNumberField("quarantined", manifest.quarantined());
    json.writeNumberField("repeated_keys", manifest.repeatedKeys());
    json.writeNumberField("without_key", manifest.withoutKey());
    json.writeStringField("run", manifest.run());
    json.writeStringField("model_version", manifest.modelVersion());
    json.writeStringField("scored_at", manifest.scoredAt());
    json.writeNumberField(
        "age_seconds",
        Duration.between(Instant.parse(manifest.scoredAt()), Instant.now()).toSeconds());
    ScoreSpread spread = manifest.spread();
    if (!spread.quantiles().isEmpty()) {
      json.writeObjectFieldStart("distribution");
      json.writeFieldName("mean");
      write((float) spread.mean(), json);
      json.writeFieldName("min");
      write(spread.least(), json);
      json.writeFieldName("max");
      write(spread.largest(), json);
      JsonText.array(json, "quantiles", spread.quantiles(), quantile -> write(quantile, json));
      json.writeEndObject();
    }

    json.writeEndObject();
  }

  /** Writes a score as all answers have it: null if it is not finite. */
  private static void write(float score, JsonGenerator json) throws IOException {
    if (Float.isFinite(score)) {
      json.writeNumber(score);
    } else {
      json.writeNull();
    }
  }
}
