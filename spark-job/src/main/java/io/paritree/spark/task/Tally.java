package io.paritree.spark.task;

import io.paritree.profile.ScoreHistogram;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.TreeMap;

/**
 * What one task attempt has done, or all tasks of a group together: the result that a task returns
 * to the driver, which adds the results up. If a task has several attempts, Spark delivers the
 * result of one. All content is added to. Not thread-safe.
 *
 * @param counts rows by output partition
 * @param scored files of scored rows
 * @param quarantined files of quarantined rows
 * @param keys files of the keys' hashes, if they are hashed
 * @param unreadable why files were not read to their ends, each reason once
 * @param scores the distribution of the first score
 * @param faults quarantined rows by field and code
 * @param missing missing values by slot
 * @param unseen values that are in no vocabulary, by slot
 */
public record Tally(
    TreeMap<String, PartitionCounts> counts,
    ArrayList<WrittenFile> scored,
    ArrayList<WrittenFile> quarantined,
    ArrayList<WrittenFile> keys,
    LinkedHashSet<String> unreadable,
    ScoreHistogram scores,
    FieldFaults faults,
    long[] missing,
    long[] unseen)
    implements Serializable {

  /** Returns a tally of nothing but these counts, which are added to from now on. */
  public static Tally of(long[] missing, long[] unseen) {
    return new Tally(
        new TreeMap<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new LinkedHashSet<>(),
        new ScoreHistogram(),
        new FieldFaults(),
        missing,
        unseen);
  }

  public void add(Tally other) {
    other.counts.forEach((partition, count) -> counts(partition).add(count));
    scored.addAll(other.scored);
    quarantined.addAll(other.quarantined);
    keys.addAll(other.keys);
    unreadable.addAll(other.unreadable);
    scores.add(other.scores);
    faults.add(other.faults);
    for (int slot = 0; slot < missing.length; slot++) {
      missing[slot] += other.missing[slot];
      unseen[slot] += other.unseen[slot];
    }
  }

  /** Returns the counts of an output partition. */
  public PartitionCounts counts(String partition) {
    return counts.computeIfAbsent(partition, name -> new PartitionCounts());
  }

  /** Returns the counts of all partitions together. */
  public PartitionCounts total() {
    PartitionCounts total = new PartitionCounts();
    counts.values().forEach(total::add);
    return total;
  }
}
