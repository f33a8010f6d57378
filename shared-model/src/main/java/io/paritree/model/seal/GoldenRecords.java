package io.paritree.model.seal;

import io.paritree.model.manifest.Provenance;
import java.util.List;

/**
 * The raw records that become golden rows.
 *
 * @param records JSON objects in UTF-8, each admitted by the schema; at least one
 * @param source where they come from
 */
public record GoldenRecords(List<byte[]> records, Provenance.GoldenSource source) {
  /** How many records are wanted. */
  static final int WANTED = 64;

  public GoldenRecords {
    records = List.copyOf(records);
  }
}
