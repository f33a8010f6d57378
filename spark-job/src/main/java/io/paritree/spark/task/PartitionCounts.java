package io.paritree.spark.task;

import io.paritree.profile.ProfileCounts;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What is counted of the rows of a partition. Not thread-safe. */
public final class PartitionCounts implements Serializable {
  private final ProfileCounts profile;
  private final TreeMap<String, Long> codes = new TreeMap<>();

  /**
   * @param profile what the rows are like; is added to
   */
  public PartitionCounts(ProfileCounts profile) {
    this.profile = profile;
  }

  public RowCounts rows() {
    return new RowCounts(profile.rows(), profile.scored());
  }

  /** Returns what the rows are like. */
  public ProfileCounts profile() {
    return profile;
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
    profile.add(other.profile);
    other.codes.forEach((code, rows) -> codes.merge(code, rows, Long::sum));
  }
}
