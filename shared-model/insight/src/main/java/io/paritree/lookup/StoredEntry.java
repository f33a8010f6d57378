package io.paritree.lookup;

/** What an index holds under a key. */
public sealed interface StoredEntry {

  /**
   * A scored row.
   *
   * @param scores in the order of the model's outputs; owned by the caller
   * @param members the row's other columns, as members of a JSON object in UTF-8, each after a
   *     comma; often empty
   */
  record Scored(float[] scores, byte[] members) implements StoredEntry {}

  /**
   * A row that could not be scored.
   *
   * @param faults its faults, as a JSON array in UTF-8
   */
  record Quarantined(byte[] faults) implements StoredEntry {}

  /**
   * A key of several rows, scored or quarantined.
   *
   * @param rows how many
   */
  record Repeated(long rows) implements StoredEntry {}
}
