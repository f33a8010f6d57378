package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonToken;
import io.javalin.http.Context;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.ModelStatistics;
import io.paritree.serving.models.ModelStatistics.Stages;
import io.paritree.serving.models.ModelStatistics.Total;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What Triton's extensions of the Open Inference Protocol report about the models: the index of the
 * repository, and statistics.
 *
 * <p>Statistics count the requests of every protocol, since the version was loaded. Thread-safe.
 */
public final class RepositoryHandler {
  private final Models models;

  public RepositoryHandler(Models models) {
    this.models = models;
  }

  /** {@code POST /v2/repository/index}: the models in service, all of them ready. */
  public void index(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    checkQuestion(MediaTypes.body(ctx));
    JsonBytes json = new JsonBytes().raw('[');
    Set<String> listed = new LinkedHashSet<>();
    for (ModelSlot slot : models.inService()) {
      ServedModel served = slot.current();
      if (listed.add(served.model().modelVersion())) {
        json.raw(listed.size() == 1 ? "{\"name\":" : ",{\"name\":").string(served.name());
        writeVersion(served, json);
        json.raw(",\"state\":\"READY\",\"reason\":");
        json.string(slot.refusal().isPresent() ? slot.state() : "").raw('}');
      }
    }

    ctx.result(json.raw("]\n").toByteArray());
  }

  /**
   * The body is empty, or an object that may say {@code "ready"}: all models are, so it is read.
   */
  private static void checkQuestion(byte[] body) {
    if (body.length == 0) {
      return;
    }

    try (JsonDocument document = JsonDocument.of(body, body.length)) {
      if (document.next() != JsonToken.START_OBJECT) {
        throw InferRequest.wrong("the body", "nothing, or an object");
      }

      while (document.next() == JsonToken.FIELD_NAME) {
        boolean ready = document.name().equals("ready");
        JsonToken value = document.next();
        if (ready && value != JsonToken.VALUE_TRUE && value != JsonToken.VALUE_FALSE) {
          throw InferRequest.wrong("ready", "true or false");
        }

        document.skip();
      }

      document.end();
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.malformedBody(e.getMessage()));
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
    JsonBytes json = new JsonBytes().raw("{\"model_stats\":[");
    String comma = "{\"name\":";
    Set<String> written = new LinkedHashSet<>();
    for (ModelSlot slot : slots) {
      ServedModel served = slot.current();
      if (written.add(served.model().modelVersion())) {
        json.raw(comma).string(served.name());
        writeVersion(served, json);
        write(served.statistics(), json);
        comma = ",{\"name\":";
      }
    }

    ctx.result(json.raw("]}\n").toByteArray());
  }

  /** Writes the version of a sealed model, in the open object; an unsealed model has none. */
  private static void writeVersion(ServedModel served, JsonBytes json) {
    if (served.model().sealed()) {
      json.raw(",\"version\":").string(InferAnswer.version(served));
    }
  }

  private static void write(ModelStatistics statistics, JsonBytes json) {
    Map<Integer, Stages> sizes = statistics.bySize();
    List<Stages> all =
        Stream.concat(sizes.values().stream(), Stream.of(statistics.ofOtherSizes())).toList();
    json.raw(",\"last_inference\":").number(statistics.lastMillis());
    json.raw(",\"inference_count\":").number(statistics.rows());
    json.raw(",\"execution_count\":").number(statistics.success().count());
    json.raw(",\"inference_stats\":{\"success\":");
    write(List.of(statistics.success()), json);
    write(List.of(statistics.failure()), json.raw(",\"fail\":"));
    write(List.of(statistics.waiting()), json.raw(",\"queue\":"));
    writeStages(all, json);
    write(List.of(), json.raw(",\"cache_hit\":")); // there is no cache
    write(List.of(), json.raw(",\"cache_miss\":"));
    json.raw("},\"batch_stats\":[");
    String comma = "";
    for (Map.Entry<Integer, Stages> size : sizes.entrySet()) {
      json.raw(comma).raw("{\"batch_size\":").number(size.getKey());
      writeStages(List.of(size.getValue()), json);
      json.raw('}');
      comma = ",";
    }

    json.raw("]}");
  }

  private static void writeStages(Collection<Stages> stages, JsonBytes json) {
    json.raw(",\"compute_input\":");
    write(stages.stream().map(Stages::reading).toList(), json);
    json.raw(",\"compute_infer\":");
    write(stages.stream().map(Stages::scoring).toList(), json);
    json.raw(",\"compute_output\":");
    write(stages.stream().map(Stages::writing).toList(), json);
  }

  /** Writes the sum of totals. */
  private static void write(List<Total> totals, JsonBytes json) {
    json.raw("{\"count\":").number(totals.stream().mapToLong(Total::count).sum());
    json.raw(",\"ns\":").number(totals.stream().mapToLong(Total::nanos).sum()).raw('}');
  }
}
