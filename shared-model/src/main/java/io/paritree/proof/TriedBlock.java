package io.paritree.proof;

import io.paritree.feature.Schema;
import java.util.List;

/**
 * Some records, one after the other; encoded once for all engines that score them. Not thread-safe.
 */
public final class TriedBlock {
  private final Schema schema;
  private final int first;
  private final List<TriedRecord> records;
  private Encoded encoded; // made when an engine needs it

  /**
   * Records as slots.
   *
   * @param slots row after row
   * @param faults of each record, as {@link WayAnswers#refused} takes them; null without any
   */
  record Encoded(float[] slots, String[] faults) {}

  /**
   * @param first the number of the first record in its trial
   */
  TriedBlock(Schema schema, int first, List<TriedRecord> records) {
    this.schema = schema;
    this.first = first;
    this.records = List.copyOf(records);
  }

  /** Returns the number of the first record in its trial, from 0. */
  public int first() {
    return first;
  }

  /** Returns the schema that the fields are of. */
  public Schema schema() {
    return schema;
  }

  /** Returns the records. */
  public List<TriedRecord> records() {
    return records;
  }

  Encoded encoded() {
    if (encoded == null) {
      RecordEncoding encoding = new RecordEncoding(schema);
      float[] slots = new float[records.size() * schema.width()];
      String[] faults = new String[records.size()];
      for (int index = 0; index < faults.length; index++) {
        faults[index] = encoding.encode(records.get(index), slots, index * schema.width());
      }

      encoded = new Encoded(slots, faults);
    }

    return encoded;
  }
}
