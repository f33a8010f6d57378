package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import io.javalin.http.Context;
import io.paritree.feature.Feature;
import io.paritree.forest.Engine;
import io.paritree.json.JsonText;
import io.paritree.model.ScoringModel;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.answer.ServerVersion;
import io.paritree.serving.metrics.Readiness;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.ModelAddress;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * What the Open Inference Protocol says about the server and its models: {@code /v2}, health and
 * metadata. Thread-safe.
 */
public final class MetadataHandler {
  private static final String PLATFORM = "xgboost_paritree";

  private final Models models;
  private final Readiness readiness;

  public MetadataHandler(Models models, Readiness readiness) {
    this.models = models;
    this.readiness = readiness;
  }

  /** {@code GET /v2}. */
  public static void server(Context ctx) {
    ctx.result(
        JsonText.line(
            JsonText.object(
                json -> {
                  json.writeStringField("name", "paritree");
                  json.writeStringField("version", ServerVersion.TEXT);
                  texts(
                      "extensions",
                      List.of("binary_tensor_data", "statistics", "model_configuration"),
                      json);
                })));
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
    ctx.result(JsonText.line(JsonText.object(json -> texts("models", models.names(), json))));
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]/ready}. */
  public void modelReady(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    ctx.result(
        JsonText.line(
            JsonText.object(
                json -> {
                  json.writeStringField("name", served.name());
                  json.writeBooleanField("ready", true);
                })));
  }

  /** {@code GET /v2/models/{name}[/versions/{version}]}. */
  public void metadata(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    ctx.result(JsonText.line(JsonText.object(json -> write(served, json))));
  }

  /**
   * {@code GET /v2/models/{name}[/versions/{version}]/config}: Triton's configuration of a model,
   * with the tensors of the metadata. No batch is made of several requests, so that the shapes have
   * the rows too.
   */
  public void configuration(Context ctx) {
    ServedModel served = ModelAddress.model(ctx, models);
    ctx.result(JsonText.line(JsonText.object(json -> writeConfiguration(served, json))));
  }

  private static void writeConfiguration(ServedModel served, JsonGenerator json)
      throws IOException {
    json.writeStringField("name", served.name());
    json.writeStringField("platform", PLATFORM);
    json.writeStringField("backend", "paritree");
    json.writeNumberField("max_batch_size", 0);
    writeTensors("input", inputs(served), MetadataHandler::writeConfigured, json);
    writeTensors("output", outputs(served), MetadataHandler::writeConfigured, json);
  }

  private static void writeConfigured(Tensor tensor, JsonGenerator json) throws IOException {
    json.writeStringField("name", tensor.name());
    String type = tensor.datatype().equals("BYTES") ? "STRING" : tensor.datatype();
    json.writeStringField("data_type", "TYPE_" + type);
    writeShape("dims", tensor, json);
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
      texts("versions", versions, json);
    }

    json.writeStringField("platform", PLATFORM);
    writeTensors("inputs", inputs(served), MetadataHandler::writeDescribed, json);
    writeTensors("outputs", outputs(served), MetadataHandler::writeDescribed, json);
  }

  private static void writeDescribed(Tensor tensor, JsonGenerator json) throws IOException {
    json.writeStringField("name", tensor.name());
    json.writeStringField("datatype", tensor.datatype());
    writeShape("shape", tensor, json);
  }

  private static List<Tensor> inputs(ServedModel served) {
    return served.model().schema().fields().stream()
        .map(field -> new Tensor(field.column(), datatype(field.features().get(0)), 1))
        .toList();
  }

  private static List<Tensor> outputs(ServedModel served) {
    Engine engine = served.model().engine();
    return InferAnswer.names(served).stream()
        .map(
            name ->
                switch (name) {
                  case InferAnswer.SCORE -> new Tensor(name, "FP32", engine.scores());
                  case InferAnswer.MARGIN -> new Tensor(name, "FP32", engine.outputs());
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

  private interface TensorForm {
    void write(Tensor tensor, JsonGenerator json) throws IOException;
  }

  private static void writeTensors(
      String member, List<Tensor> tensors, TensorForm form, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart(member);
    for (Tensor tensor : tensors) {
      json.writeStartObject();
      form.write(tensor, json);
      json.writeEndObject();
    }

    json.writeEndArray();
  }

  /** Writes a shape; -1 is the number of rows. */
  private static void writeShape(String member, Tensor tensor, JsonGenerator json)
      throws IOException {
    json.writeFieldName(member);
    json.writeArray(new int[] {-1, tensor.perRow()}, 0, tensor.perRow() > 1 ? 2 : 1);
  }

  private static String datatype(Feature feature) {
    return switch (feature.kind()) {
      case NUMBER, CATEGORY_CODE -> "FP64";
      case BOOLEAN -> "BOOL";
      case INTEGER_CATEGORY -> "INT64";
      case TEXT_CATEGORY, TIMESTAMP -> "BYTES";
    };
  }

  private static void texts(String member, Collection<String> texts, JsonGenerator json)
      throws IOException {
    json.writeArrayFieldStart(member);
    for (String text : texts) {
      json.writeString(text);
    }

    json.writeEndArray();
  }
}
