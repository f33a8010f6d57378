package io.paritree.spark.task;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** How many rows of a partition were read, scored and quarantined. Not thread-safe. */
public final class PartitionCounts implements Serializable {
  private long scored;
  private long quarantined;
  private final TreeMap<String, Long> codes = new TreeMap<>();

  /** Returns how many rows were read; each of them was scored or quarantined. */
  public long read() {
    return scored + quarantined;
  }

  public long scored() {
    return scored;
  }

  public long quarantined() {
    return quarantined;
  }

  /** Returns the share of the rows that could not be scored, 0 to 1. */
  public double quarantinedShare() {
    return read() == 0 ? 0 : (double) quarantined / read();
  }

  /** Returns quarantined rows by fault code; a row with several codes counts for each. */
  public Map<String, Long> codes() {
    return Collections.unmodifiableMap(codes);
  }

  public void addScored(long rows) {
    scored += rows;
  }

  public void addQuarantined(long rows) {
    quarantined += rows;
  }

  /** Counts the codes of a quarantined row, each once. */
  public void addCodes(Iterable<String> distinct) {
    distinct.forEach(code -> codes.merge(code, 1L, Long::sum));
  }

  /** Adds another's counts. */
  public void add(PartitionCounts other) {
    scored += other.scored;
    quarantined += other.quarantined;
    other.codes.forEach((code, rows) -> codes.merge(code, rows, Long::sum));
  }
}
