package io.paritree.spark.task;

import io.paritree.profile.ProfileCounts;
import io.paritree.profile.SlicedCounts;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What is counted of the rows of a partition. Not thread-safe. */
public final class PartitionCounts implements Serializable {
  private final SlicedCounts slices;
  private final TreeMap<String, Long> codes = new TreeMap<>();

  /**
   * @param slices what the rows are like, and those of each value of a column; is added to
   */
  public PartitionCounts(SlicedCounts slices) {
    this.slices = slices;
  }

  public RowCounts rows() {
    return new RowCounts(profile().rows(), profile().scored());
  }

  /** Returns what all rows are like. */
  public ProfileCounts profile() {
    return slices.whole();
  }

  /** Returns what all rows are like, and those of each value of a column. */
  public SlicedCounts slices() {
    return slices;
  }

  /** Returns quarantined rows by fault code; a row with several codes counts for each. */
  public Map<String, Long> codes() {
    return Collections.unmodifiableMap(codes);
  }

  /** Counts the codes of a quarantined row, each once. */
  public void addCodes(Iterable<String> distinct) {
    distinct.forEach(code -> codes.merge(code, 1L, Long::sum));
  }

  /** Adds another's counts. */
  void add(PartitionCounts other) {
    slices.add(other.slices);
    other.codes.forEach((code, rows) -> codes.merge(code, rows, Long::sum));
  }
}
