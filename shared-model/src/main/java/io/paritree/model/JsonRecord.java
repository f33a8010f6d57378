package io.paritree.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.InvalidRowException;
import io.paritree.feature.Faults;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads the record of a golden row; fields that no feature reads are passed over. */
final class JsonRecord {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonRecord() {}

  static void encode(Schema schema, byte[] record, float[] slots, int at) {
    Faults faults = new Faults();
    boolean[] seen = new boolean[schema.fields().size()];
    try (JsonParser parser = FACTORY.createParser(record)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        int index = schema.fieldIndex(parser.currentName());
        JsonToken token = parser.nextToken();
        if (index < 0) {
          continue;
        }

        seen[index] = true;
        Field field = schema.fields().get(index);
        switch (token) {
          case VALUE_NULL -> field.missing(slots, at, faults);
          case VALUE_TRUE, VALUE_FALSE ->
              field.truth(token == JsonToken.VALUE_TRUE, slots, at, faults);
          case VALUE_STRING -> {
            byte[] utf8 = parser.getText().getBytes(StandardCharsets.UTF_8);
            field.text(utf8, 0, utf8.length, slots, at, faults);
          }
          default -> field.number(Double.parseDouble(parser.getText()), slots, at, faults);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    for (int index = 0; index < seen.length; index++) {
      if (!seen[index]) {
        schema.fields().get(index).missing(slots, at, faults);
      }
    }

    if (!faults.isEmpty()) {
      throw new InvalidRowException(faults.list());
    }
  }
}
