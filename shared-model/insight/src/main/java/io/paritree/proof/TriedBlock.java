package io.paritree.proof;

import io.paritree.feature.Faults;
import io.paritree.feature.Schema;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.UnknownFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Some records, encoded once for all engines that score them. Not thread-safe. */
public final class TriedBlock {
  private final Schema schema;
  private final List<TriedRecord> records;
  private Encoded encoded; // made when an engine needs it

  /**
   * Records as slots.
   *
   * @param slots row after row
   * @param faults of each record, as {@link WayAnswers#refused} takes them; null without any
   */
  record Encoded(float[] slots, String[] faults) {}

  TriedBlock(Schema schema, List<TriedRecord> records) {
    this.schema = schema;
    this.records = List.copyOf(records);
  }

  /** Returns the schema that the fields are of. */
  public Schema schema() {
    return schema;
  }

  /** Returns the records. */
  public List<TriedRecord> records() {
    return records;
  }

  /** Returns the records as a server encodes them: from their JSON. */
  Encoded encoded() {
    if (encoded == null) {
      JsonRecordReader reader = new JsonRecordReader(schema, UnknownFields.REJECT);
      float[] slots = new float[records.size() * schema.width()];
      String[] faults = new String[records.size()];
      for (int index = 0; index < faults.length; index++) {
        faults[index] = encode(reader, records.get(index), slots, index * schema.width());
      }

      encoded = new Encoded(slots, faults);
    }

    return encoded;
  }

  /** Encodes a record into slots; returns its faults, null if it has none. */
  private String encode(JsonRecordReader reader, TriedRecord record, float[] slots, int at) {
    Faults faults = new Faults();
    byte[] json = record.json(schema.fields()).getBytes(StandardCharsets.UTF_8);
    try (JsonDocument document = JsonDocument.of(json, 0, json.length)) {
      document.next();
      reader.read(document, slots, at, faults);
    } catch (MalformedJsonException e) {
      throw new IllegalStateException("A tried record is no JSON: " + record, e);
    }

    Set<String> each = new TreeSet<>();
    faults.forEach((code, field) -> each.add(field + ": " + code.code()));
    return each.isEmpty() ? null : String.join(", ", each);
  }
}
