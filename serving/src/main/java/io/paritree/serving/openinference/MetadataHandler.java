package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import io.javalin.http.Context;
import io.paritree.feature.Feature;
import io.paritree.forest.Engine;
import io.paritree.json.JsonText;
import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.answer.ServerVersion;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.ModelAddress;
import java.io.IOException;
import java.util.List;

/**
 * What the Open Inference Protocol says about the server and its models: {@code /v2}, health and
 * metadata. Thread-safe.
 */
public record MetadataHandler(Models models, Readiness readiness) {
  private static final String PLATFORM = "xgboost_paritree";

  /** {@code GET /v2}. */
  public static void server(Context ctx) {
    List<String> extensions = List.of("binary_tensor_data");
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", "paritree");
          json.writeStringField("version", ServerVersion.TEXT);
          JsonText.array(json, "extensions", extensions, json::writeString);
        });
  }

  /** {@code GET /v2/health/ready}. */
  public void ready(Context ctx) {
    if (!readiness.isReady()) {
      throw new ProblemException(Problems.ofStatus(503));
    }

    ctx.result("{\"ready\":true,\"live\":true}\n");
  }

  /** {@code GET /v2/models}. */
  public void list(Context ctx) {
    Answers.object(ctx, json -> JsonText.array(json, "models", models.names(), json::writeString));
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]/ready}. */
  public void modelReady(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", served.name());
          json.writeBooleanField("ready", true);
        });
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]}. */
  public void metadata(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    Answers.object(ctx, json -> write(served, json));
  }

  private void write(ServedModel served, JsonGenerator json) throws IOException {
    ScoringModel model = served.model();
    json.writeStringField("name", served.name());
    if (model.sealed()) {
      List<String> versions =
          models.of(served.name()).stream()
              .map(slot -> InferAnswer.version(slot.current()))
              .distinct()
              .toList();
      JsonText.array(json, "versions", versions, json::writeString);
    }

    json.writeStringField("platform", PLATFORM);
    JsonText.objects(json, "inputs", inputs(served), tensor -> writeDescribed(tensor, json));
    JsonText.objects(json, "outputs", outputs(served), tensor -> writeDescribed(tensor, json));
  }

  private static void writeDescribed(Tensor tensor, JsonGenerator json) throws IOException {
    json.writeStringField("name", tensor.name());
    json.writeStringField("datatype", tensor.datatype());
    writeShape("shape", tensor, json);
  }

  private static List<Tensor> inputs(ServedModel served) {
    return served.model().schema().fields().stream()
        .map(field -> new Tensor(field.column(), datatype(field.typed()), 1))
        .toList();
  }

  private static List<Tensor> outputs(ServedModel served) {
    Engine engine = served.model().engine();
    return InferAnswer.names(served).stream()
        .map(
            name ->
                switch (name) {
                  case ScoreColumns.SCORE -> new Tensor(name, "FP32", engine.scores());
                  case ScoreColumns.MARGIN -> new Tensor(name, "FP32", engine.outputs());
                  default -> new Tensor(name, "BYTES", 1);
                })
        .toList();
  }

  /**
   * A tensor of a model.
   *
   * @param perRow how many elements each row has
   */
  private record Tensor(String name, String datatype, int perRow) {}

  /** Writes a shape; -1 is the number of rows. */
  private static void writeShape(String member, Tensor tensor, JsonGenerator json)
      throws IOException {
    json.writeFieldName(member);
    json.writeArray(new int[] {-1, tensor.perRow()}, 0, tensor.perRow() > 1 ? 2 : 1);
  }

  private static String datatype(Feature feature) {
    return switch (feature.values()) {
      case NUMBER -> "FP64";
      case TRUTH -> "BOOL";
      case WHOLE -> "INT64";
      case TEXT, TIME, ANY -> "BYTES";
    };
  }
}
