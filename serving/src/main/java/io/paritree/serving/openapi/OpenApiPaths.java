package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.serving.answer.Problem;
import io.paritree.serving.request.MediaTypes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the paths of an OpenAPI document. */
public final class OpenApiPaths {
  private final JsonGenerator json;

  /**
   * @param json positioned inside the object {@code paths}
   */
  OpenApiPaths(JsonGenerator json) {
    this.json = json;
  }

  /** Returns a name as it is written in a path. */
  public static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Writes a path for GET. */
  void get(String path, String summary) throws IOException {
    json.writeObjectFieldStart(path);
    json.writeObjectFieldStart("get");
    json.writeStringField("summary", summary);
    json.writeObjectFieldStart("responses");
    writeResponse("200", "The requested document", null, MediaTypes.JSON);
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  /** Writes a path of a foreign protocol, which describes its bodies itself. */
  void post(String path, String summary, String... types) throws IOException {
    json.writeObjectFieldStart(path);
    json.writeObjectFieldStart("post");
    json.writeStringField("summary", summary);
    json.writeObjectFieldStart("requestBody");
    json.writeBooleanField("required", true);
    json.writeObjectFieldStart("content");
    for (String type : types) {
      json.writeObjectFieldStart(type);
      json.writeEndObject();
    }

    json.writeEndObject();
    json.writeEndObject();
    json.writeObjectFieldStart("responses");
    writeResponse("200", "The scores", null, MediaTypes.JSON);
    writeResponse("400", "What is wrong with the request", null, MediaTypes.JSON);
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  /** Writes the path that scores one record. */
  void score(String path, String model, String record, String result) throws IOException {
    startScoring(path, "Scores one record with " + model);
    writeReference(record);
    endBody();
    writeResponse("200", "The record's score", result, MediaTypes.JSON);
    writeResponse(
        "400",
        "Everything that is wrong with the record",
        "#/components/schemas/problem",
        Problem.CONTENT_TYPE);
    endScoring();
  }

  /** Writes the path that scores an array of records. */
  void scoreBatch(String path, String model, String record, String result) throws IOException {
    startScoring(path, "Scores an array of records with " + model);
    json.writeStringField("type", "array");
    json.writeObjectFieldStart("items");
    writeReference(record);
    json.writeEndObject();
    endBody();
    json.writeObjectFieldStart("200");
    json.writeStringField(
        "description", "A result or errors for each record, in the order of the records");
    startContent(MediaTypes.JSON);
    json.writeStringField("type", "object");
    json.writeObjectFieldStart("properties");
    json.writeObjectFieldStart("results");
    json.writeStringField("type", "array");
    json.writeObjectFieldStart("items");
    json.writeArrayFieldStart("anyOf");
    for (String each : List.of(result, "#/components/schemas/refused")) {
      json.writeStartObject();
      writeReference(each);
      json.writeEndObject();
    }

    json.writeEndArray();
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
    endContent();
    json.writeEndObject();
    writeResponse(
        "400", "The body is not an array", "#/components/schemas/problem", Problem.CONTENT_TYPE);
    endScoring();
  }

  private void startScoring(String path, String summary) throws IOException {
    json.writeObjectFieldStart(path);
    json.writeObjectFieldStart("post");
    json.writeStringField("summary", summary);
    json.writeArrayFieldStart("parameters");
    json.writeStartObject();
    json.writeStringField("name", "margin");
    json.writeStringField("in", "query");
    json.writeStringField("description", "whether the answer includes the margin");
    json.writeObjectFieldStart("schema");
    json.writeStringField("type", "boolean");
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
    json.writeObjectFieldStart("requestBody");
    json.writeBooleanField("required", true);
    startContent(MediaTypes.JSON);
  }

  private void endBody() throws IOException {
    endContent();
    json.writeEndObject();
    json.writeObjectFieldStart("responses");
  }

  private void endScoring() throws IOException {
    writeResponse(
        "503",
        "Too many requests are waiting",
        "#/components/schemas/problem",
        Problem.CONTENT_TYPE);
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  private void writeResponse(String status, String description, String schema, String type)
      throws IOException {
    json.writeObjectFieldStart(status);
    json.writeStringField("description", description);
    if (schema != null) {
      startContent(type);
      writeReference(schema);
      endContent();
    }

    json.writeEndObject();
  }

  private void startContent(String type) throws IOException {
    json.writeObjectFieldStart("content");
    json.writeObjectFieldStart(type);
    json.writeObjectFieldStart("schema");
  }

  private void endContent() throws IOException {
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  private void writeReference(String reference) throws IOException {
    json.writeStringField("$ref", reference);
  }
}
