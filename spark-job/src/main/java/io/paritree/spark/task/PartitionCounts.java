package io.paritree.spark.task;

import java.io.Serializable;

/** How many rows of a partition were read, scored and quarantined. Not thread-safe. */
public final class PartitionCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private long scored;
  private long quarantined;

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

  public void addScored(long rows) {
    scored += rows;
  }

  public void addQuarantined(long rows) {
    quarantined += rows;
  }

  /** Adds another's counts. */
  public void add(PartitionCounts other) {
    scored += other.scored;
    quarantined += other.quarantined;
  }
}
