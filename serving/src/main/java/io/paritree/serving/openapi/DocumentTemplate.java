package io.paritree.serving.openapi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * A JSON document of this package's resources, with places that are filled when it is written.
 *
 * <p>A place is a text in angle brackets: within a name or a text it is replaced by a text, as a
 * member's whole name by members. Immutable and thread-safe.
 */
final class DocumentTemplate {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final byte[] content;

  /**
   * @param resource name of the resource
   */
  DocumentTemplate(String resource) {
    try (InputStream in = DocumentTemplate.class.getResourceAsStream(resource)) {
      this.content = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the resource " + resource, e);
    }
  }

  /** Writes members into the open object, in place of a member of the template. */
  @FunctionalInterface
  interface Insert {
    /**
     * @param given positioned at the replaced member's value; may be read to the value's end
     */
    void write(JsonParser given, JsonGenerator json) throws IOException;
  }

  /**
   * Writes the members of the document, which is an object, into the open object.
   *
   * @param texts by the places that they replace
   * @param inserts by the names of the members that they replace
   */
  void writeMembers(Map<String, String> texts, Map<String, Insert> inserts, JsonGenerator json)
      throws IOException {
    try (JsonParser parser = FACTORY.createParser(content)) {
      parser.nextToken();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        switch (token) {
          case FIELD_NAME -> {
            Insert insert = inserts.get(parser.currentName());
            if (insert == null) {
              json.writeFieldName(filled(parser.currentName(), texts));
            } else {
              parser.nextToken();
              insert.write(parser, json);
            }
          }
          case VALUE_STRING -> json.writeString(filled(parser.getText(), texts));
          case END_OBJECT -> {
            if (!parser.getParsingContext().inRoot()) {
              json.writeEndObject();
            }
          }
          default -> json.copyCurrentEvent(parser);
        }
      }
    }
  }

  private static String filled(String text, Map<String, String> texts) {
    String filled = text;
    for (Map.Entry<String, String> place : texts.entrySet()) {
      filled = filled.replace(place.getKey(), place.getValue());
    }

    return filled;
  }
}
