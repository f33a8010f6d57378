package io.paritree.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/** The moments of documents: texts in UTC, such as {@code 2026-01-31T23:59:59Z}. */
final class DocumentTimes extends StdScalarDeserializer<Instant> {
  static final String EXPECTED = "a time such as 2026-01-31T23:59:59Z";

  private static final long serialVersionUID = 1;

  private DocumentTimes() {
    super(Instant.class);
  }

  static SimpleModule module() {
    return new SimpleModule("times")
        .addSerializer(Instant.class, ToStringSerializer.instance)
        .addDeserializer(Instant.class, new DocumentTimes());
  }

  @Override
  public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
    try {
      if (json.hasToken(JsonToken.VALUE_STRING)) {
        return Instant.parse(json.getText());
      }
    } catch (DateTimeException e) {
      // as any other text
    }

    return context.reportInputMismatch(this, EXPECTED);
  }
}
