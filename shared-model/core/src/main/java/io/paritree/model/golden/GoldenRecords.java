package io.paritree.model.golden;

import io.paritree.InvalidRowException;
import io.paritree.feature.Schema;
import io.paritree.model.manifest.Provenance;
import java.util.List;

/**
 * The raw records from which golden rows are made.
 *
 * @param records JSON objects in UTF-8, each accepted by the schema; at least one
 * @param source where they come from
 */
public record GoldenRecords(List<byte[]> records, Provenance.GoldenSource source) {
  /** The number of records to aim for. */
  public static final int WANTED = 64;

  public GoldenRecords {
    records = List.copyOf(records);
  }

  /** Returns whether a schema accepts a record. */
  public static boolean admits(Schema schema, byte[] record) {
    try {
      JsonRecord.encode(schema, record, new float[schema.width()], 0);
      return true;
    } catch (InvalidRowException e) {
      return false;
    }
  }
}
