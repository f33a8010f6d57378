package io.paritree.spark.audit;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** How published rows compare with their records, scored again. Not thread-safe. */
final class RowTally implements Serializable {
  private static final int SHOWN = 5;

  private long published;
  private long scored;
  private long faulty;
  private long repeated;
  private long differing;
  private long unpaired;
  private final TreeSet<RowDifference> first = new TreeSet<>();

  /**
   * Adds the rows of one key.
   *
   * @param own published rows
   * @param again rows of the input that were scored
   * @param faults rows of the input that could not be scored
   */
  void add(long own, long again, long faults) {
    published += own;
    scored += again;
    faulty += faults;
    repeated += Math.max(0, own - 1);
  }

  /**
   * Adds a row that differs.
   *
   * @param differences one for each of its columns that differ
   */
  void addDiffering(List<RowDifference> differences) {
    differing++;
    first.addAll(differences);
    while (first.size() > SHOWN) {
      first.pollLast();
    }
  }

  /** Adds a row that is published, or in the input, only. */
  void addUnpaired(RowDifference difference) {
    unpaired++;
    addDiffering(List.of(difference));
  }

  void add(RowTally other) {
    published += other.published;
    scored += other.scored;
    faulty += other.faulty;
    repeated += other.repeated;
    differing += other.differing;
    unpaired += other.unpaired;
    first.addAll(other.first);
    while (first.size() > SHOWN) {
      first.pollLast();
    }
  }

  /** Returns how many published rows were compared. */
  long published() {
    return published;
  }

  /** Returns how many rows of the input were scored again. */
  long scored() {
    return scored;
  }

  /** Returns how many rows of the input could not be scored. */
  long faulty() {
    return faulty;
  }

  /** Returns how many published rows repeat a key. */
  long repeated() {
    return repeated;
  }

  /** Returns how many rows differ. */
  long differing() {
    return differing;
  }

  /** Returns how many of them are published, or in the input, only. */
  long unpaired() {
    return unpaired;
  }

  /** Returns the first differences by their keys. */
  List<RowDifference> first() {
    return new ArrayList<>(first);
  }
}
