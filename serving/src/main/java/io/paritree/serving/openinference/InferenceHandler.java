package io.paritree.serving.openinference;

import io.javalin.http.Context;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.model.manifest.Outputs;
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
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import io.paritree.serving.request.ModelAddress;
import io.paritree.serving.request.Table;
import io.paritree.serving.request.Table.Scored;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The Open Inference Protocol (V2) over REST: {@code /v2}, its health, metadata and inference.
 *
 * <p>The outputs are {@code score}, {@code margin}, and, for models of classes, {@code label}. One
 * bad row refuses the whole request; the answer has the faults of all rows. Thread-safe.
 */
public final class InferenceHandler {
  private static final String SCORE = "score";
  private static final String MARGIN = "margin";
  private static final String LABEL = "label";

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
    byte[] body = MediaTypes.jsonOrUntypedBody(ctx);
    Table table = new Table(served, limits);
    InferRequest request;
    try {
      try (JsonDocument document = JsonDocument.of(body, limits.body())) {
        request = InferRequest.read(document);
      }

      checkOutputs(request.outputs(), served);
      TensorReader tensors = new TensorReader(table, request.inputs());
      try (JsonDocument document = JsonDocument.of(body, limits.body())) {
        tensors.read(document);
      }
    } catch (MalformedJsonException e) {
      throw new ProblemException(Problems.malformedBody(e.getMessage()));
    }

    Scored scored = table.score(metrics);
    if (predictions.on()) {
      table.write(scored, ctx, predictions);
    }

    JsonBytes answer = served.buffers().answer();
    writeHead(served, answer);
    if (request.id() != null) {
      answer.raw(",\"id\":").string(request.id());
    }

    writeOutputs(request.outputs(), served, scored, answer.raw(",\"outputs\":["));
    Answers.send(answer.raw("]}\n"), ctx);
  }

  /** Each output is allowed once, so that repeated names cannot make the answer larger. */
  private static void checkOutputs(List<String> requested, ServedModel served) {
    Set<String> unique = new HashSet<>();
    for (String name : requested) {
      if (!outputNames(served).contains(name) || !unique.add(name)) {
        throw InferRequest.wrong(
            "outputs", "names from %s, each once".formatted(outputNames(served)));
      }
    }
  }

  private static List<String> outputNames(ServedModel served) {
    return served.model().outputs().kind() == Outputs.Kind.VALUES
        ? List.of(SCORE, MARGIN)
        : List.of(SCORE, MARGIN, LABEL);
  }

  /** Writes the beginning of an answer; an unsealed model has no version. */
  private static void writeHead(ServedModel served, JsonBytes answer) {
    answer.raw("{\"model_name\":").string(served.name());
    version(served, answer);
    String modelVersion = served.model().modelVersion();
    answer.raw(",\"parameters\":{\"model_version\":").string(modelVersion);
    answer.raw(",\"version\":").string(modelVersion).raw('}');
  }

  private static void version(ServedModel served, JsonBytes answer) {
    if (served.model().sealed()) {
      answer.raw(",\"model_version\":").string(number(served));
    }
  }

  private static String number(ServedModel served) {
    String version = served.model().modelVersion();
    return version.substring(version.lastIndexOf('/') + 1);
  }

  private static void writeOutputs(
      List<String> requested, ServedModel served, Scored scored, JsonBytes answer) {
    List<String> names = requested.isEmpty() ? outputNames(served) : requested;
    for (int index = 0; index < names.size(); index++) {
      if (index > 0) {
        answer.raw(',');
      }

      switch (names.get(index)) {
        case SCORE -> writeNumbers(SCORE, scored.scores(), scored.scoreCount(), scored, answer);
        case MARGIN -> writeNumbers(MARGIN, scored.margins(), scored.marginCount(), scored, answer);
        default -> writeLabels(served.model().outputs(), scored, answer);
      }
    }
  }

  private static void writeNumbers(
      String name, float[] values, int perRow, Scored scored, JsonBytes answer) {
    answer.raw("{\"name\":\"").raw(name).raw("\",\"datatype\":\"FP32\",\"shape\":[");
    answer.number(scored.rows());
    if (perRow > 1) {
      answer.raw(',').number(perRow);
    }

    answer.raw("],\"data\":[");
    for (int index = 0; index < values.length; index++) {
      if (index > 0) {
        answer.raw(',');
      }

      answer.number(values[index]);
    }

    answer.raw("]}");
  }

  private static void writeLabels(Outputs outputs, Scored scored, JsonBytes answer) {
    answer.raw("{\"name\":\"label\",\"datatype\":\"BYTES\",\"shape\":[").number(scored.rows());
    answer.raw("],\"data\":[");
    for (int row = 0; row < scored.rows(); row++) {
      if (row > 0) {
        answer.raw(',');
      }

      answer.string(outputs.label(scored.scores(), row * scored.scoreCount()).orElseThrow());
    }

    answer.raw("]}");
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
    List<String> names = outputNames(served);
    for (int index = 0; index < names.size(); index++) {
      String name = names.get(index);
      int perRow =
          switch (name) {
            case SCORE -> served.model().engine().scores();
            case MARGIN -> served.model().engine().outputs();
            default -> 1;
          };
      json.raw(index == 0 ? "{\"name\":" : ",{\"name\":").string(name);
      json.raw(",\"datatype\":\"").raw(name.equals(LABEL) ? "BYTES" : "FP32");
      json.raw("\",\"shape\":[-1").raw(perRow > 1 ? "," + perRow : "").raw("]}");
    }

    ctx.result(json.raw("]}\n").toByteArray());
  }

  private static void writeVersions(List<ModelSlot> slots, JsonBytes json) {
    Set<String> versions = new LinkedHashSet<>();
    slots.forEach(slot -> versions.add(number(slot.current())));
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
            .raw(",\"extensions\":[]}\n")
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
