package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.json.JsonText;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.record.UnknownFields;
import io.paritree.serving.request.FieldRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The schemas of a model's records and answers.
 *
 * <p>They are plain objects, because generators make classes without members of {@code oneOf},
 * {@code anyOf} and {@code allOf}.
 *
 * @param unknown whether a record may have fields that no feature reads
 */
record ModelSchemas(UnknownFields unknown) {
  /** The names of the schemas, without the key of the model. */
  static final List<String> NAMES = List.of("Record", "Result", "Batch", "BatchRow");

  private static final DocumentTemplate ANSWERS = new DocumentTemplate("model-schemas.json");

  /** Writes the schemas of a model as members of the open object. */
  void write(String key, ScoringModel model, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(key + NAMES.get(0));
    writeRecord(model.schema(), json);
    json.writeEndObject();
    Outputs outputs = model.outputs();
    List<String> always = new ArrayList<>();
    always.add(outputs.names().size() == 1 ? "score" : "scores");
    if (outputs.hasLabel()) {
      always.add("label");
    }

    writeAnswers(key, always, (given, out) -> writeValues(model, out), json);
  }

  /** Writes free-form schemas under the same names. */
  void writeOther(String key, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart(key + NAMES.get(0));
    json.writeStringField("type", "object");
    json.writeStringField("description", "The fields of the addressed model; see its card");
    json.writeBooleanField("additionalProperties", true);
    json.writeEndObject();
    writeAnswers(key, List.of(), (given, out) -> {}, json);
  }

  private static void writeAnswers(
      String key, List<String> always, DocumentTemplate.Insert values, JsonGenerator json)
      throws IOException {
    Stream<String> members = Stream.concat(Stream.of("model", "model_version"), always.stream());
    DocumentTemplate.Insert required =
        (given, out) -> JsonText.array(out, "required", members.toList(), out::writeString);
    ANSWERS.writeMembers(
        Map.of("<Model>", key), Map.of("<values>", values, "<required>", required), json);
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
    List<String> required =
        schema.fields().stream()
            .filter(field -> !new FieldRules(field).nullable())
            .map(Field::column)
            .toList();
    if (!required.isEmpty()) { // OpenAPI 3.0 has no empty list of required members
      JsonText.array(json, "required", required, json::writeString);
    }

    json.writeBooleanField("additionalProperties", unknown == UnknownFields.IGNORE);
    json.writeObjectFieldStart("example");
    for (Field field : schema.fields()) {
      json.writeFieldName(field.column());
      json.writeObject(new FieldRules(field).example());
    }

    json.writeEndObject();
  }

  private static void writeValues(ScoringModel model, JsonGenerator json) throws IOException {
    Outputs outputs = model.outputs();
    boolean overflows =
        model.card().objective().matches("count:.*|survival:.*|reg:(gamma|tweedie)");
    writeNumbers("score", outputs.names().size(), overflows, json);
    if (outputs.hasLabel()) {
      json.writeObjectFieldStart("label");
      json.writeStringField("type", "string");
      // No enum: a client must be able to read the label of a later version's class.
      json.writeStringField("description", "One of " + outputs.classes());
      json.writeEndObject();
    }

    boolean index = outputs.kind() == Outputs.Kind.CLASS_INDEX; // one score, a margin per class
    int margins = index ? outputs.classes().size() : outputs.names().size();
    writeNumbers("margin", margins, false, json);
  }

  private static void writeNumbers(String what, int count, boolean overflows, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(count == 1 ? what : what + "s");
    if (count > 1) {
      json.writeStringField("type", "object");
      json.writeStringField("description", "By the names of the outputs");
      json.writeObjectFieldStart("additionalProperties");
    }

    json.writeStringField("type", "number");
    json.writeStringField("format", "float");
    if (overflows) {
      json.writeBooleanField("nullable", true);
      json.writeStringField("description", "Null if it is not finite");
    }

    if (count > 1) {
      json.writeEndObject();
    }

    json.writeEndObject();
  }
}
