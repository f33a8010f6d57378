package io.paritree.serving.openinference;

import io.javalin.http.Context;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.answer.ServerVersion;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.log.PredictionLog;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.ModelSlot;
import io.paritree.serving.models.ModelStatistics.Inference;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.openinference.InferRequest.Output;
import io.paritree.serving.request.Arrival;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.request.Table;
import io.paritree.serving.request.Table.Scored;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The Open Inference Protocol (V2) over REST: {@code /v2}, its health, metadata and inference.
 *
 * <p>The outputs are {@code score}, {@code margin}, and, for models of classes, {@code label}.
 * Tensors are JSON, or bytes after it, in both directions. One bad row refuses the whole request;
 * the answer has the faults of all rows. Thread-safe.
 */
public final class InferenceHandler {
  /** The length of the JSON at the start of a body that has binary tensor data. */
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private final Models models;
  private final ServingConfig.Limits limits;
  private final ServerMetrics metrics;
  private final Readiness readiness;
  private final PredictionLog predictions;

  public InferenceHandler(
      Models models,
      ServingConfig.Limits limits,
      ServerMetrics metrics,
      Readiness readiness,
      PredictionLog predictions) {
    this.models = models;
    this.limits = limits;
    this.metrics = metrics;
    this.readiness = readiness;
    this.predictions = predictions;
  }

  /** {@code POST /v2/models/{name}[/versions/{version}]/infer}. */
  public void infer(Context ctx) throws IOException {
    ServedModel served = ModelAddress.model(ctx, models);
    try (Inference inference = served.statistics().begin(Arrival.waitedNanos(ctx))) {
      infer(served, inference, ctx);
    }
  }

  private void infer(ServedModel served, Inference inference, Context ctx) throws IOException {
    byte[] body = MediaTypes.tensorBody(ctx);
    int jsonLength = jsonLength(ctx.header(JSON_LENGTH), body.length);
    byte[] json = jsonLength == body.length ? body : Arrays.copyOf(body, jsonLength);
    Table table = new Table(served, limits);
    InferRequest request;
    try {
      try (JsonDocument document = JsonDocument.of(json, limits.body())) {
        request = InferRequest.read(document);
      }

      checkOutputs(request.outputs(), served);
      TensorPlaces places = new TensorPlaces(table, request.inputs());
      try (JsonDocument document = JsonDocument.of(json, limits.body())) {
        new TensorReader(places, request.inputs()).read(document);
      }

      new BinaryReader(places, request.inputs()).read(body, jsonLength);
      places.fillMissing();
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.malformedBody(e.getMessage()));
    }

    Scored scored = table.score(inference, metrics);
    if (predictions.on()) {
      table.write(scored, ctx, predictions);
    }

    JsonBytes answer = served.buffers().answer();
    int written = InferAnswer.write(request, served, scored, answer);
    if (written < answer.length()) {
      Answers.type(MediaTypes.BYTES, ctx);
      ctx.header(JSON_LENGTH, Integer.toString(written));
    }

    Answers.send(answer, ctx);
    inference.answered(scored.rows());
  }

  /** Returns the length of the JSON at the start of a body. */
  private static int jsonLength(String header, int bodyLength) {
    if (header == null) {
      return bodyLength;
    }

    boolean number = header.matches("[0-9]{1,9}");
    int length = number ? Integer.parseInt(header) : -1;
    if (length < 0 || length > bodyLength) {
      throw InferRequest.wrong(
          "the header " + JSON_LENGTH,
          "the length of the JSON at the start of the body, at most %s".formatted(bodyLength));
    }

    if (length == 0) {
      throw InferRequest.wrong(
          "the body",
          "JSON that describes the tensors before their data; raw requests have none and are not"
              + " supported");
    }

    return length;
  }

  /** Each output is allowed once, so that repeated names cannot make the answer larger. */
  private static void checkOutputs(List<Output> requested, ServedModel served) {
    List<String> names = InferAnswer.names(served);
    Set<String> unique = new HashSet<>();
    for (Output output : requested) {
      if (!names.contains(output.name()) || !unique.add(output.name())) {
        throw InferRequest.wrong("outputs", "names from %s, each once".formatted(names));
      }
    }
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]}. */
  public void metadata(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    JsonBytes json = new JsonBytes().raw("{\"name\":").string(served.name());
    if (served.model().sealed()) {
      writeVersions(models.of(served.name()), json);
    }

    json.raw(",\"platform\":\"xgboost_paritree\",\"inputs\":[");
    List<Field> fields = served.model().schema().fields();
    for (int index = 0; index < fields.size(); index++) {
      json.raw(index == 0 ? "{\"name\":" : ",{\"name\":").string(fields.get(index).column());
      json.raw(",\"datatype\":\"").raw(datatype(fields.get(index).features().get(0)));
      json.raw("\",\"shape\":[-1]}");
    }

    json.raw("],\"outputs\":[");
    List<String> names = InferAnswer.names(served);
    for (int index = 0; index < names.size(); index++) {
      String name = names.get(index);
      int perRow =
          switch (name) {
            case InferAnswer.SCORE -> served.model().engine().scores();
            case InferAnswer.MARGIN -> served.model().engine().outputs();
            default -> 1;
          };
      json.raw(index == 0 ? "{\"name\":" : ",{\"name\":").string(name);
      json.raw(",\"datatype\":\"").raw(name.equals(InferAnswer.LABEL) ? "BYTES" : "FP32");
      json.raw("\",\"shape\":[-1").raw(perRow > 1 ? "," + perRow : "").raw("]}");
    }

    ctx.result(json.raw("]}\n").toByteArray());
  }

  private static void writeVersions(List<ModelSlot> slots, JsonBytes json) {
    Set<String> versions = new LinkedHashSet<>();
    slots.forEach(slot -> versions.add(InferAnswer.version(slot.current())));
    String comma = ",\"versions\":[";
    for (String version : versions) {
      json.raw(comma).string(version);
      comma = ",";
    }

    json.raw(']');
  }

  private static String datatype(Feature feature) {
    if (feature instanceof TextCategoryFeature || feature instanceof TimestampFeature) {
      return "BYTES";
    }

    if (feature instanceof BooleanFeature) {
      return "BOOL";
    }

    return feature instanceof IntegerCategoryFeature ? "INT64" : "FP64";
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]/ready}. */
  public void modelReady(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    ctx.result(
        new JsonBytes()
            .raw("{\"name\":")
            .string(served.name())
            .raw(",\"ready\":true}\n")
            .toByteArray());
  }

  /** {@code GET /v2/models}. */
  public void list(Context ctx) {
    JsonBytes json = new JsonBytes().raw("{\"models\":[");
    List<String> names = models.names();
    for (int index = 0; index < names.size(); index++) {
      json.raw(index == 0 ? "" : ",").string(names.get(index));
    }

    ctx.result(json.raw("]}\n").toByteArray());
  }

  /** {@code GET /v2}. */
  public static void server(Context ctx) {
    ctx.result(
        new JsonBytes()
            .raw("{\"name\":\"paritree\",\"version\":")
            .string(ServerVersion.TEXT)
            .raw(",\"extensions\":[\"binary_tensor_data\",\"statistics\"]}\n")
            .toByteArray());
  }

  /** {@code GET /v2/health/ready}. */
  public void ready(Context ctx) {
    if (!readiness.isReady()) {
      throw new ProblemException(Problems.ofStatus(503));
    }

    ctx.result("{\"ready\":true,\"live\":true}\n");
  }
}
