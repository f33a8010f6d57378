package io.paritree.spark.task;

import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ScoreHistogram;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

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
 * @param examples of quarantined rows by field and code
 * @param challengers what other models have made of the rows, by their names
 */
public record Tally(
    TreeMap<String, PartitionCounts> counts,
    ArrayList<WrittenFile> scored,
    ArrayList<WrittenFile> quarantined,
    ArrayList<WrittenFile> keys,
    LinkedHashSet<String> unreadable,
    FaultExamples examples,
    TreeMap<String, ChallengerTally> challengers)
    implements Serializable {

  /** Makes a tally of nothing. */
  public Tally() {
    this(
        new TreeMap<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new LinkedHashSet<>(),
        new FaultExamples(),
        new TreeMap<>());
  }

  /** Adds another's content, which must be packed; see {@link #pack}. */
  public void add(Tally other) {
    other.counts.forEach(
        (partition, count) ->
            counts.merge(
                partition,
                count,
                (one, more) -> {
                  if (one.rows().read() == 0) {
                    return more; // with all that its task could count
                  }

                  one.add(more);
                  return one;
                }));
    scored.addAll(other.scored);
    quarantined.addAll(other.quarantined);
    keys.addAll(other.keys);
    unreadable.addAll(other.unreadable);
    examples.add(other.examples);
    other.challengers.forEach(
        (name, more) ->
            challengers.merge(
                name,
                more,
                (one, same) -> {
                  one.add(same);
                  return one;
                }));
  }

  /** Makes the counts small, before they are sent; before they are kept for long. */
  public void pack() {
    counts.values().forEach(count -> count.profile().pack());
  }

  /** Returns how many rows all partitions have. */
  public RowCounts rows() {
    return counts.values().stream()
        .map(PartitionCounts::rows)
        .reduce(RowCounts.NONE, RowCounts::plus);
  }

  /** Returns quarantined rows by fault code; a row with several codes counts for each. */
  public Map<String, Long> codes() {
    TreeMap<String, Long> sum = new TreeMap<>();
    counts
        .values()
        .forEach(count -> count.codes().forEach((code, rows) -> sum.merge(code, rows, Long::sum)));
    return sum;
  }

  /** Returns the faults of rows by field and code; the field of a whole row is empty. */
  public Map<String, Map<String, Long>> faults() {
    TreeMap<String, Map<String, Long>> sum = new TreeMap<>();
    profiles()
        .forEach(
            profile ->
                profile
                    .faults()
                    .forEach(
                        (field, codes) ->
                            codes.forEach(
                                (code, rows) ->
                                    sum.computeIfAbsent(field, name -> new TreeMap<>())
                                        .merge(code, rows, Long::sum))));
    return sum;
  }

  /**
   * Returns the number of missing values, by slot.
   *
   * @param width number of slots
   */
  public long[] missing(int width) {
    return sum(width, ProfileCounts::missing);
  }

  /**
   * Returns the number of values that are in no vocabulary, by slot.
   *
   * @param width number of slots
   */
  public long[] unseen(int width) {
    return sum(width, ProfileCounts::unseen);
  }

  private long[] sum(int width, Function<ProfileCounts, long[]> bySlot) {
    long[] sum = new long[width];
    profiles()
        .map(bySlot)
        .forEach(
            values -> {
              for (int slot = 0; slot < width; slot++) {
                sum[slot] += values[slot];
              }
            });
    return sum;
  }

  /** Returns the distribution of the first score; the counts must be packed. */
  public ScoreHistogram scores() {
    return ScoreHistogram.sum(profiles().map(profile -> profile.scores(0)).toList());
  }

  private Stream<ProfileCounts> profiles() {
    return counts.values().stream().map(PartitionCounts::profile);
  }
}
