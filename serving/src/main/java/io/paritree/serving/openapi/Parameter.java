package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;

/**
 * A text parameter of an operation in the OpenAPI document.
 *
 * @param in {@code path} or {@code query}
 */
record Parameter(String name, String in, boolean isRequired, String description) {

  /** Writes the parameters of an operation as a member of the open object. */
  static void write(List<Parameter> parameters, JsonGenerator json) throws IOException {
    JsonText.objects(
        json,
        "parameters",
        parameters,
        parameter -> {
          json.writeStringField("name", parameter.name);
          json.writeStringField("in", parameter.in);
          json.writeBooleanField("required", parameter.isRequired);
          json.writeStringField("description", parameter.description);
          json.writeObjectFieldStart("schema");
          json.writeStringField("type", "string");
          json.writeEndObject();
        });
  }
}
