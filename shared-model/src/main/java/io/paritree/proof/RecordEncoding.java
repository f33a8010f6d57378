package io.paritree.proof;

import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.UnknownFields;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/** Encodes records as a server does: from their JSON. Keeps its buffers; not thread-safe. */
final class RecordEncoding {
  private final Schema schema;
  private final JsonRecordReader reader;
  private final Faults faults = new Faults();

  RecordEncoding(Schema schema) {
    this.schema = schema;
    this.reader = new JsonRecordReader(schema, UnknownFields.REJECT);
  }

  /**
   * Encodes a record.
   *
   * @param slots receive it from {@code at} on
   * @return its faults, as {@link WayAnswers#refused} takes them; null if it has none
   */
  String encode(TriedRecord record, float[] slots, int at) {
    faults.clear();
    byte[] json = record.json(schema.fields()).getBytes(StandardCharsets.UTF_8);
    try (JsonDocument document = JsonDocument.of(json, 0, json.length)) {
      document.next();
      reader.read(document, slots, at, faults);
    } catch (MalformedJsonException e) {
      throw new IllegalStateException("A tried record is no JSON: " + record, e);
    }

    return faults.isEmpty() ? null : text(faults);
  }

  private static String text(Faults faults) {
    Set<String> each = new TreeSet<>();
    faults.forEach((code, field) -> each.add(text(field, code)));
    return String.join(", ", each);
  }

  static String text(String field, FaultCode code) {
    return field + ": " + code.code();
  }
}
