package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import io.javalin.http.Context;
import io.paritree.json.JsonText;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.arrival.Arrival;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.ModelStatistics;
import io.paritree.serving.models.ModelStatistics.Stages;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What Triton's extensions of the Open Inference Protocol report about the models: the index of the
 * repository, and statistics.
 *
 * <p>Statistics count the requests of every protocol, since the version was loaded. Thread-safe.
 */
public record RepositoryHandler(Models models) {
  /** {@code POST /v2/repository/index}: the models in service, all of them ready. */
  public void index(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    checkQuestion(Arrival.of(ctx).body());
    ctx.result(
        JsonText.line(
            json -> {
              json.writeStartArray();
              for (ModelSlot slot : versions(models.inService())) {
                json.writeStartObject();
                writeName(slot.current(), json);
                json.writeStringField("state", "READY");
                json.writeStringField("reason", slot.refusal().isPresent() ? slot.state() : "");
                json.writeEndObject();
              }

              json.writeEndArray();
            }));
  }

  /** Returns the first slot of each version. */
  private static Collection<ModelSlot> versions(List<ModelSlot> slots) {
    Map<String, ModelSlot> versions = new LinkedHashMap<>();
    slots.forEach(slot -> versions.putIfAbsent(slot.current().model().modelVersion(), slot));
    return versions.values();
  }

  /**
   * The body is empty, null (which Go's clients send in place of nothing), or an object that may
   * say {@code "ready"}: all models are, so it is only read.
   */
  private static void checkQuestion(byte[] body) {
    if (body.length == 0) {
      return;
    }

    try (JsonDocument document = JsonDocument.of(body, 0, body.length)) {
      JsonToken first = document.next();
      if (first == JsonToken.VALUE_NULL) {
        document.end();
        return;
      }

      if (first != JsonToken.START_OBJECT) {
        throw InferRequest.wrong("the body", "nothing, or an object");
      }

      for (String name = document.member(); name != null; name = document.member()) {
        JsonToken value = document.token();
        if (name.equals("ready")
            && value != JsonToken.VALUE_TRUE
            && value != JsonToken.VALUE_FALSE) {
          throw InferRequest.wrong("ready", "true or false");
        }

        document.skip();
      }

      document.end();
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.MALFORMED_BODY.of(e.getMessage()));
    }
  }

  /** {@code GET /v2/models/stats}: of all models. */
  public void allStatistics(Context ctx) {
    write(models.inService(), ctx);
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]/stats}. */
  public void statistics(Context ctx) {
    ModelSlot slot = ModelAddress.slot(ctx, models);
    boolean all = ctx.pathParamMap().get("version") == null;
    String name = slot.current().name();
    // The plain name means all its versions; a name with an alias means one.
    write(all && ctx.pathParam("name").equals(name) ? models.of(name) : List.of(slot), ctx);
  }

  private static void write(List<ModelSlot> slots, Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    Answers.object(
        ctx,
        json ->
            JsonText.objects(
                json,
                "model_stats",
                versions(slots),
                slot -> {
                  writeName(slot.current(), json);
                  write(slot.current().statistics(), json);
                }));
  }

  /** Writes the name and, of a sealed model, the version. */
  private static void writeName(ServedModel served, JsonGenerator json) throws IOException {
    json.writeStringField("name", served.name());
    if (served.model().sealed()) {
      json.writeStringField("version", InferAnswer.version(served));
    }
  }

  private static void write(ModelStatistics statistics, JsonGenerator json) throws IOException {
    Map<Integer, Stages> sizes = statistics.bySize();
    List<Stages> all =
        Stream.concat(sizes.values().stream(), Stream.of(statistics.ofOtherSizes())).toList();
    json.writeNumberField("last_inference", statistics.lastMillis());
    json.writeNumberField("inference_count", statistics.rows());
    json.writeNumberField("execution_count", statistics.success().getCount());
    json.writeObjectFieldStart("inference_stats");
    write("success", List.of(statistics.success()), json);
    write("fail", List.of(statistics.failure()), json);
    write("queue", List.of(statistics.waiting()), json);
    writeStages(all, json);
    write("cache_hit", List.of(), json); // there is no cache
    write("cache_miss", List.of(), json);
    json.writeEndObject();
    JsonText.objects(
        json,
        "batch_stats",
        sizes.entrySet(),
        size -> {
          json.writeNumberField("batch_size", size.getKey());
          writeStages(List.of(size.getValue()), json);
        });
  }

  private static void writeStages(Collection<Stages> stages, JsonGenerator json)
      throws IOException {
    write("compute_input", stages.stream().map(Stages::reading).toList(), json);
    write("compute_infer", stages.stream().map(Stages::scoring).toList(), json);
    write("compute_output", stages.stream().map(Stages::writing).toList(), json);
  }

  /** Writes how often something happened, and how long it took in all. */
  private static void write(String member, List<DistributionDataPoint> nanos, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(member);
    json.writeNumberField("count", nanos.stream().mapToLong(each -> each.getCount()).sum());
    json.writeNumberField("ns", nanos.stream().mapToLong(each -> (long) each.getSum()).sum());
    json.writeEndObject();
  }
}
