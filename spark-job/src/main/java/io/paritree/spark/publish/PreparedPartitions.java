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

/** Converts the list of a run's prepared partitions to and from JSON. */
final class PreparedPartitions {
  private static final JsonFactory JSON = new JsonFactory();

  private PreparedPartitions() {}

  static byte[] toJson(List<PreparedPartition> partitions) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartArray();
      for (PreparedPartition partition : partitions) {
        json.writeStartObject();
        json.writeStringField("partition", partition.partition());
        json.writeStringField("identity", partition.identity());
        json.writeStringField("before", partition.before());
        json.writeEndObject();
      }

      json.writeEndArray();
    }

    return bytes.toByteArray();
  }

  static List<PreparedPartition> fromJson(byte[] json) throws IOException {
    List<PreparedPartition> partitions = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, parser.getText());
        }

        partitions.add(
            new PreparedPartition(
                fields.get("partition"), fields.get("identity"), fields.get("before")));
      }
    }

    return partitions;
  }
}
