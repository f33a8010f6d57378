package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.javalin.http.Context;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.json.JsonText;
import io.paritree.model.manifest.Outputs;
import io.paritree.record.UnknownFields;
import io.paritree.serving.answer.ServerVersion;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.models.Models;
import io.paritree.serving.models.ServedModel;
import io.paritree.serving.request.MediaTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code GET /openapi.json}: the contract of the models in service, as OpenAPI 3.1.
 *
 * <p>Each model has its own paths. Their records are described by the model's features: kinds,
 * ranges, categories, what may be missing, and a made-up example. Golden rows never appear.
 * Thread-safe.
 */
public final class OpenApi {
  private static final String RECORD = "_record";
  private static final String RESULT = "_result";

  private final Models models;
  private final UnknownFields unknown;
  private final boolean tokens;

  public OpenApi(Models models, ServingConfig config) {
    this.models = models;
    this.unknown = config.records().unknownFields();
    this.tokens = !config.security().scoreTokens().isEmpty();
  }

  public void handle(Context ctx) {
    MediaTypes.requireJsonAccepted(ctx);
    ctx.result(JsonText.line(this::write));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("openapi", "3.1.0");
    json.writeObjectFieldStart("info");
    json.writeStringField("title", "Paritree");
    json.writeStringField("version", ServerVersion.TEXT);
    json.writeStringField(
        "description", "Scores records; the nightly job gives the same record the same bits.");
    json.writeEndObject();
    json.writeObjectFieldStart("paths");
    writePaths(new OpenApiPaths(json));
    json.writeEndObject();
    json.writeObjectFieldStart("components");
    json.writeObjectFieldStart("schemas");
    writeProblems(json);
    for (ServedModel served : served()) {
      json.writeObjectFieldStart(key(served) + RECORD);
      writeRecord(served.model().schema(), json);
      json.writeEndObject();
      json.writeObjectFieldStart(key(served) + RESULT);
      writeResult(served, json);
      json.writeEndObject();
    }

    json.writeEndObject();
    if (tokens) {
      writeTokens(json);
    }

    json.writeEndObject();
    if (tokens) {
      json.writeArrayFieldStart("security");
      json.writeStartObject();
      json.writeArrayFieldStart("token");
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndArray();
    }

    json.writeEndObject();
  }

  /** Returns each model that a plain name means. */
  private List<ServedModel> served() {
    List<ServedModel> served = new ArrayList<>();
    for (String name : models.names()) {
      models.find(name).ifPresent(slot -> served.add(slot.current()));
    }

    return served;
  }

  /** Returns the model's name in a form that OpenAPI accepts as the key of a component. */
  private static String key(ServedModel served) {
    return served.name().replaceAll("[^A-Za-z0-9._-]", "_");
  }

  private void writePaths(OpenApiPaths paths) throws IOException {
    for (ServedModel served : served()) {
      String base = "/v1/models/" + OpenApiPaths.encoded(served.name());
      String record = "#/components/schemas/" + key(served) + RECORD;
      String result = "#/components/schemas/" + key(served) + RESULT;
      paths.score(base + "/score", served.name(), record, result);
      paths.scoreBatch(base + "/score-batch", served.name(), record, result);
      paths.get(base, "The card of " + served.name());
      String inference = "/v2/models/" + OpenApiPaths.encoded(served.name());
      paths.post(
          inference + "/infer", "Open Inference Protocol: scores tensors", "application/json");
      paths.get(inference, "Open Inference Protocol: the inputs and outputs");
      paths.get(inference + "/ready", "Open Inference Protocol: whether the model is ready");
    }

    paths.get("/v1/models", "The models in service");
    paths.get("/v2", "Open Inference Protocol: the server");
    paths.get("/v2/models", "Open Inference Protocol: the names of the models");
    paths.get("/v2/health/live", "Open Inference Protocol: whether the server is alive");
    paths.get("/v2/health/ready", "Open Inference Protocol: whether the server is ready");
    paths.post(
        "/invocations",
        "MLflow: scores rows; together they must have every required column",
        "application/json",
        "text/csv");
    paths.get("/ping", "MLflow: whether the server is ready");
    paths.get("/health", "MLflow: whether the server is ready");
    paths.get("/version", "MLflow: the server's version");
    paths.get("/health/live", "Whether the server is alive");
    paths.get("/health/ready", "Whether the server is ready");
    paths.get("/openapi.json", "This document");
  }

  private void writeRecord(Schema schema, JsonGenerator json) throws IOException {
    json.writeStringField("type", "object");
    json.writeObjectFieldStart("properties");
    for (Field field : schema.fields()) {
      json.writeObjectFieldStart(field.column());
      FieldSchema.write(field, json);
      json.writeEndObject();
    }

    json.writeEndObject();
    json.writeArrayFieldStart("required");
    for (Field field : schema.fields()) {
      if (!FieldSchema.nullable(field)) {
        json.writeString(field.column());
      }
    }

    json.writeEndArray();
    json.writeBooleanField("additionalProperties", unknown == UnknownFields.IGNORE);
    json.writeArrayFieldStart("examples");
    json.writeStartObject();
    for (Field field : schema.fields()) {
      json.writeFieldName(field.column());
      FieldSchema.writeExample(field, json);
    }

    json.writeEndObject();
    json.writeEndArray();
  }

  private static void writeResult(ServedModel served, JsonGenerator json) throws IOException {
    Outputs outputs = served.model().outputs();
    json.writeStringField("type", "object");
    json.writeObjectFieldStart("properties");
    writeType("model", "string", json);
    writeType("model_version", "string", json);
    json.writeObjectFieldStart("version");
    json.writeStringField("type", "string");
    json.writeBooleanField("deprecated", true);
    json.writeEndObject();
    if (outputs.names().size() == 1) {
      writeType("score", "number", json);
      writeType("margin", "number", json);
    } else {
      for (String member : List.of("scores", "margins")) {
        json.writeObjectFieldStart(member);
        json.writeStringField("type", "object");
        json.writeObjectFieldStart("additionalProperties");
        json.writeStringField("type", "number");
        json.writeEndObject();
        json.writeEndObject();
      }
    }

    if (outputs.kind() != Outputs.Kind.VALUES) {
      json.writeObjectFieldStart("label");
      json.writeStringField("type", "string");
      json.writeArrayFieldStart("enum");
      for (String name : outputs.classes()) {
        json.writeString(name);
      }

      json.writeEndArray();
      json.writeEndObject();
    }

    json.writeEndObject();
  }

  private static void writeTokens(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("securitySchemes");
    json.writeObjectFieldStart("token");
    json.writeStringField("type", "http");
    json.writeStringField("scheme", "bearer");
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeProblems(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("problem");
    json.writeStringField("type", "object");
    json.writeObjectFieldStart("properties");
    for (String member : List.of("type", "title", "detail")) {
      writeType(member, "string", json);
    }

    writeType("status", "integer", json);
    writeErrors(json);
    json.writeEndObject();
    json.writeEndObject();

    json.writeObjectFieldStart("refused");
    json.writeStringField("type", "object");
    json.writeObjectFieldStart("properties");
    writeErrors(json);
    json.writeEndObject();
    json.writeArrayFieldStart("required");
    json.writeString("errors");
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeErrors(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("errors");
    json.writeStringField("type", "array");
    json.writeObjectFieldStart("items");
    json.writeStringField("type", "object");
    json.writeObjectFieldStart("properties");
    for (String member : List.of("pointer", "field", "code", "got", "expected", "hint")) {
      writeType(member, "string", json);
    }

    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeType(String member, String type, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(member);
    json.writeStringField("type", type);
    json.writeEndObject();
  }
}
