package io.paritree.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import io.javalin.http.Context;
import io.paritree.json.JsonText;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ServerVersion;
import io.paritree.serving.http.Probes;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.RequestMinutes;
import io.paritree.serving.metrics.RequestMinutes.Minute;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.RefusedVersion;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.stored.OpenPartition;
import io.paritree.serving.stored.ServedOutput;
import io.paritree.serving.stored.StoredScores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/**
 * {@code GET /v1/service}: what the server serves, and how its requests went in the last hour.
 * Thread-safe.
 */
public final class ServiceHandler {
  private static final String PATH = "/v1/service";
  private static final String PAGE = "/ui";

  private final Models models;
  private final StoredScores scores;
  private final Readiness readiness;
  private final ServerMetrics metrics;
  private final RequestMinutes minutes;
  private final Instant startedAt = Instant.now();

  public ServiceHandler(
      Models models,
      StoredScores scores,
      Readiness readiness,
      ServerMetrics metrics,
      RequestMinutes minutes) {
    this.models = models;
    this.scores = scores;
    this.readiness = readiness;
    this.metrics = metrics;
    this.minutes = minutes;
  }

  /** Returns whether a route is one of callers: neither a probe nor a page that shows them. */
  public static boolean isCounted(String route) {
    return !Probes.PATHS.contains(route) && !route.equals(PATH) && !route.startsWith(PAGE);
  }

  public void service(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("version", ServerVersion.TEXT);
          json.writeStringField("started_at", startedAt.toString());
          json.writeBooleanField("ready", readiness.isReady());
          JsonText.objects(json, "models", models.all(), slot -> model(slot, json));
          JsonText.objects(json, "scores", scores.all(), output -> output(output, json));
          json.writeObjectFieldStart("reloads");
          json.writeNumberField("taken", metrics.reloads("replaced"));
          json.writeNumberField("refused", metrics.reloads("refused"));
          json.writeNumberField("unreachable", metrics.reloads("unreachable"));
          json.writeEndObject();
          JsonText.objects(json, "minutes", minutes.minutes(), minute -> minute(minute, json));
        });
  }

  private static void model(ModelSlot slot, JsonGenerator json) throws IOException {
    ServedModel served = slot.current();
    json.writeStringField("name", served.name());
    JsonText.optional(json, "alias", slot.alias());
    json.writeStringField("model_version", served.model().modelVersion());
    json.writeStringField("state", slot.state());
    json.writeStringField("loaded_at", served.loaded().toString());
    json.writeStringField("served_since", served.since().toString());
    RefusedVersion.write(slot.refused(), json);
  }

  private static void output(ServedOutput output, JsonGenerator json) throws IOException {
    List<OpenPartition> partitions = output.partitions();
    json.writeStringField("name", output.name());
    json.writeNumberField("partitions", partitions.size());
    json.writeNumberField("rows", partitions.stream().mapToLong(OpenPartition::rows).sum());
    if (!partitions.isEmpty()) {
      OpenPartition newest = partitions.get(0);
      json.writeFieldName("newest");
      json.writeRawValue(new String(newest.partitionJson(), StandardCharsets.UTF_8));
      json.writeNumberField("age_seconds", Instant.now().getEpochSecond() - newest.scoredSeconds());
    }

    json.writeNumberField("not_served", output.unserved().size());
  }

  private static void minute(Minute minute, JsonGenerator json) throws IOException {
    json.writeStringField("at", minute.at().toString());
    json.writeNumberField("requests", minute.requests());
    json.writeNumberField("refused", minute.refused());
    json.writeNumberField("failed", minute.failed());
    millis("p50_ms", minute.medianMillis(), json);
    millis("p99_ms", minute.slowMillis(), json);
  }

  private static void millis(String name, OptionalDouble millis, JsonGenerator json)
      throws IOException {
    if (millis.isPresent()) {
      json.writeFieldName(name);
      JsonText.number(json, millis.getAsDouble());
    }
  }
}
