package io.paritree.spark;

import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreHistogram;
import io.paritree.spark.report.FieldFault;
import io.paritree.spark.task.FieldFaults;
import io.paritree.spark.task.PartitionCounts;
import io.paritree.spark.task.TaskResult;
import io.paritree.spark.task.WrittenFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The results of all tasks of a group, added up. Not thread-safe. */
final class Tally {
  private final Map<String, PartitionCounts> counts = new TreeMap<>();
  private final List<WrittenFile> scored = new ArrayList<>();
  private final List<WrittenFile> quarantined = new ArrayList<>();
  private final List<WrittenFile> keys = new ArrayList<>();
  private final Set<String> unreadable = new LinkedHashSet<>();
  private final ScoreHistogram scores = new ScoreHistogram();
  private final FieldFaults faults = new FieldFaults();
  private final long[] missing;
  private final long[] unseen;

  /**
   * @param width number of slots
   * @param partitions all partitions of the group, also those without a row
   */
  Tally(int width, Collection<String> partitions) {
    this.missing = new long[width];
    this.unseen = new long[width];
    partitions.forEach(partition -> counts.put(partition, new PartitionCounts()));
  }

  void add(TaskResult result) {
    result
        .counts()
        .forEach(
            (partition, count) ->
                counts.computeIfAbsent(partition, name -> new PartitionCounts()).add(count));
    scored.addAll(result.scored());
    quarantined.addAll(result.quarantined());
    keys.addAll(result.keys());
    scores.add(result.scores());
    faults.add(result.faults());
    unreadable.addAll(result.unreadable());
    for (int slot = 0; slot < missing.length; slot++) {
      missing[slot] += result.missing()[slot];
      unseen[slot] += result.unseen()[slot];
    }
  }

  Map<String, PartitionCounts> counts() {
    return counts;
  }

  Map<String, Long> codes() {
    return total().codes();
  }

  /** Returns the counts of all partitions together. */
  PartitionCounts total() {
    PartitionCounts total = new PartitionCounts();
    counts.values().forEach(total::add);
    return total;
  }

  List<WrittenFile> scored() {
    return scored;
  }

  List<WrittenFile> quarantined() {
    return quarantined;
  }

  /** Returns the files of the keys' hashes. */
  List<WrittenFile> keys() {
    return keys;
  }

  /** Returns why files could not be read to their end, each reason once. */
  List<String> unreadable() {
    return List.copyOf(unreadable);
  }

  ScoreHistogram scores() {
    return scores;
  }

  /** Returns the quarantined rows by field and code. */
  List<FieldFault> faults() {
    List<FieldFault> all = new ArrayList<>();
    faults.forEach(
        (field, code, rows, example) -> all.add(new FieldFault(field, code, rows, example)));
    return all;
  }

  Map<String, Long> missingByFeature(ScoringModel model) {
    return byFeature(model, missing);
  }

  Map<String, Long> unseenByFeature(ScoringModel model) {
    return byFeature(model, unseen);
  }

  private static Map<String, Long> byFeature(ScoringModel model, long[] counts) {
    Map<String, Long> byFeature = new LinkedHashMap<>();
    for (int slot = 0; slot < counts.length; slot++) {
      byFeature.put(model.schema().features().get(slot).name(), counts[slot]);
    }

    return byFeature;
  }

  long read() {
    return total().read();
  }
}
