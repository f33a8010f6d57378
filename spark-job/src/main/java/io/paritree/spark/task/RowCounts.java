package io.paritree.spark.task;

/**
 * How many rows were read, and how many of them were scored; the others were quarantined.
 *
 * @param read all of them
 */
public record RowCounts(long read, long scored) {
  static final RowCounts NONE = new RowCounts(0, 0);

  public long quarantined() {
    return read - scored;
  }

  /** Returns the share of the rows that could not be scored, 0 to 1. */
  public double quarantinedShare() {
    return read == 0 ? 0 : (double) quarantined() / read;
  }

  RowCounts plus(RowCounts other) {
    return new RowCounts(read + other.read, scored + other.scored);
  }
}
