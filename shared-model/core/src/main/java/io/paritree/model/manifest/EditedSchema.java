package io.paritree.model.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** A schema file in which members of features were replaced or added, as somebody would by hand. */
final class EditedSchema {
  private static final JsonFactory JSON = new JsonFactory();

  private EditedSchema() {}

  /**
   * @param schema as {@link SchemaWriter} writes it
   * @param members by the index of a feature, members by name, as JSON; empty to leave one out
   */
  static byte[] of(byte[] schema, Map<Integer, Map<String, String>> members) {
    ByteArrayOutputStream edited = new ByteArrayOutputStream();
    try (JsonParser in = JSON.createParser(schema);
        JsonGenerator out = JSON.createGenerator(edited)) {
      in.nextToken();
      out.writeStartObject();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        out.writeFieldName(name);
        in.nextToken();
        if (name.equals(SchemaParser.FEATURES)) {
          features(in, out, members);
        } else {
          out.copyCurrentStructure(in);
        }
      }

      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return edited.toByteArray();
  }

  private static void features(
      JsonParser in, JsonGenerator out, Map<Integer, Map<String, String>> members)
      throws IOException {
    out.writeStartArray();
    for (int index = 0; in.nextToken() == JsonToken.START_OBJECT; index++) {
      Map<String, String> edits = members.getOrDefault(index, Map.of());
      out.writeStartObject();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (edits.containsKey(name)) {
          in.skipChildren();
        } else {
          out.writeFieldName(name);
          out.copyCurrentStructure(in);
        }
      }

      for (Map.Entry<String, String> edit : edits.entrySet()) {
        if (!edit.getValue().isEmpty()) {
          out.writeFieldName(edit.getKey());
          out.writeRawValue(edit.getValue());
        }
      }

      out.writeEndObject();
    }

    out.writeEndArray();
  }
}
