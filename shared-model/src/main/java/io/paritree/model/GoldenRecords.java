package io.paritree.model;

import java.util.List;

/**
 * The raw records that become golden rows.
 *
 * @param records JSON objects in UTF-8, each admitted by the schema; at least one
 * @param source where they come from
 */
record GoldenRecords(List<byte[]> records, Provenance.GoldenSource source) {
  /** How many records are wanted. */
  static final int WANTED = 64;

  GoldenRecords {
    records = List.copyOf(records);
  }
}
