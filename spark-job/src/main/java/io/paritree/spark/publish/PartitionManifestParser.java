package io.paritree.spark.publish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Converts a {@link PartitionManifest} to and from JSON. */
public final class PartitionManifestParser {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int FORMAT = 1;

  private PartitionManifestParser() {}

  /** Returns the manifest as indented JSON. */
  public static byte[] toJson(PartitionManifest manifest) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("partition", manifest.partition());
      json.writeStringField("identity", manifest.identity());
      json.writeStringField("run", manifest.run());
      json.writeStringField("directory", manifest.directory());
      json.writeStringField("modelName", manifest.modelName());
      json.writeStringField("modelVersion", manifest.modelVersion());
      json.writeStringField("modelDigest", manifest.modelDigest());
      json.writeStringField("engine", manifest.engine());
      json.writeStringField("stagedAt", manifest.stagedAt());
      json.writeNumberField("read", manifest.read());
      json.writeNumberField("scored", manifest.scored());
      json.writeNumberField("quarantined", manifest.quarantined());
      json.writeArrayFieldStart("files");
      for (DataFile file : manifest.files()) {
        json.writeStartObject();
        json.writeStringField("name", file.name());
        json.writeNumberField("bytes", file.bytes());
        json.writeNumberField("rows", file.rows());
        json.writeEndObject();
      }

      json.writeEndArray();
      json.writeEndObject();
    }

    return bytes.toByteArray();
  }

  /**
   * Reads a manifest; fields that this version does not know are ignored.
   *
   * @param where the file, for messages
   * @throws IOException if this is not a manifest
   */
  public static PartitionManifest fromJson(byte[] json, String where) throws IOException {
    Map<String, String> texts = new HashMap<>();
    Map<String, Long> numbers = new HashMap<>();
    List<DataFile> files = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json)) {
      expect(parser.nextToken() == JsonToken.START_OBJECT, where, "an object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("files") && value == JsonToken.START_ARRAY) {
          readFiles(parser, files, where);
        } else if (value == JsonToken.VALUE_STRING) {
          texts.put(name, parser.getText());
        } else if (value == JsonToken.VALUE_NUMBER_INT) {
          numbers.put(name, parser.getLongValue());
        } else {
          parser.skipChildren();
        }
      }
    }

    expect(numbers.getOrDefault("format", 0L) == FORMAT, where, "\"format\": " + FORMAT);
    for (String name : List.of("partition", "identity", "directory")) {
      expect(texts.containsKey(name), where, "a text \"" + name + "\"");
    }

    return new PartitionManifest(
        texts.get("partition"),
        texts.get("identity"),
        texts.getOrDefault("run", ""),
        texts.get("directory"),
        texts.getOrDefault("modelName", ""),
        texts.getOrDefault("modelVersion", ""),
        texts.getOrDefault("modelDigest", ""),
        texts.getOrDefault("engine", ""),
        texts.getOrDefault("stagedAt", ""),
        numbers.getOrDefault("read", 0L),
        numbers.getOrDefault("scored", 0L),
        numbers.getOrDefault("quarantined", 0L),
        files);
  }

  private static void readFiles(JsonParser parser, List<DataFile> files, String where)
      throws IOException {
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      String name = null;
      long bytes = -1;
      long rows = -1;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "name" -> name = parser.getText();
          case "bytes" -> bytes = parser.getLongValue();
          case "rows" -> rows = parser.getLongValue();
          default -> parser.skipChildren();
        }
      }

      expect(name != null && bytes >= 0 && rows >= 0, where, "files with name, bytes and rows");
      files.add(new DataFile(name, bytes, rows));
    }
  }

  private static void expect(boolean holds, String where, String expected) throws IOException {
    if (!holds) {
      throw new IOException(
          "Cannot read %s: it is not a partition manifest of this version: %s is missing"
              .formatted(where, expected));
    }
  }
}
