package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.serving.answer.ErrorForm;
import io.paritree.serving.answer.Problems;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** The answers without a result, in each {@link ErrorForm}. */
final class ErrorResponses {
  private static final String OTHERS = "default";
  private static final List<String> STATUSES =
      List.of(
          "400", "401", "403", "404", "405", "406", "408", "413", "415", "421", "429", "431", "500",
          "503", OTHERS);

  private ErrorResponses() {}

  /**
   * Defines the response of each form and status.
   *
   * @param given an object: for each status, what it means
   */
  static void define(JsonParser given, JsonGenerator json) throws IOException {
    while (given.nextToken() == JsonToken.FIELD_NAME) {
      String status = given.currentName();
      String description = given.nextTextValue();
      for (ErrorForm form : ErrorForm.values()) {
        json.writeObjectFieldStart(name(form, status));
        json.writeStringField("description", description);
        writeHeaders(status, json);
        writeContent(form, status, json);
        json.writeEndObject();
      }
    }
  }

  /**
   * Refers to the responses that every operation may have.
   *
   * @param given a text: the form, then the statuses that the operation does not have or describes
   *     itself
   */
  static void refer(JsonParser given, JsonGenerator json) throws IOException {
    List<String> words = Arrays.asList(given.getText().split(" "));
    ErrorForm form = ErrorForm.valueOf(words.get(0));
    for (String status : STATUSES) {
      if (!words.contains(status)) {
        writeReference(status, "#/components/responses/" + name(form, status), json);
      }
    }
  }

  private static void writeHeaders(String status, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("headers");
    writeReference("X-Request-Id", "#/components/headers/X-Request-Id", json);
    String own =
        switch (status) {
          case "401" -> "WWW-Authenticate";
          case "405" -> "Allow";
          case "429", "503" -> "Retry-After";
          default -> null;
        };
    if (own != null) {
      writeReference(own, "#/components/headers/" + own, json);
    }

    json.writeEndObject();
  }

  private static void writeContent(ErrorForm form, String status, JsonGenerator json)
      throws IOException {
    int number = status.equals(OTHERS) ? 501 : Integer.parseInt(status);
    String type = form.contentType(Problems.ofStatus(number));
    json.writeObjectFieldStart("content");
    json.writeObjectFieldStart(type);
    json.writeObjectFieldStart("schema");
    if (type.startsWith("text/")) {
      json.writeStringField("type", "string");
    } else {
      json.writeStringField("$ref", "#/components/schemas/" + schema(form));
    }

    json.writeEndObject();
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeReference(String member, String target, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(member);
    json.writeStringField("$ref", target);
    json.writeEndObject();
  }

  private static String name(ErrorForm form, String status) {
    return schema(form) + "-" + status;
  }

  private static String schema(ErrorForm form) {
    return switch (form) {
      case PROBLEM -> "Problem";
      case MLFLOW -> "MlflowError";
      case INFERENCE -> "InferenceError";
    };
  }
}
