package io.paritree.spark.outcomes;

import io.paritree.output.PartitionManifest;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.StoredRuns;
import io.paritree.spark.tables.RunMarks;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The published partitions of which some rows could not be scored, by the names of the runs'
 * directories.
 *
 * @param byRun the paths of partitions
 * @param areAll whether none are missing: of a table, runs' reports say it, which may have been
 *     removed, and another program may have changed a partition since
 */
record FaultyPartitions(TreeMap<String, Set<String>> byRun, boolean areAll) {
  /** Returns those of a directory. */
  static FaultyPartitions of(List<PartitionManifest> published) {
    FaultyPartitions faulty = new FaultyPartitions(new TreeMap<>(), true);
    for (PartitionManifest own : published) {
      faulty.add(own.directory(), own.partition(), own.quarantined());
    }

    return faulty;
  }

  /**
   * Returns those of a version of a table. Runs with the same identity have the same rows in
   * quarantine, so any of them will do.
   *
   * @param isMeasured says it of the path of a partition
   */
  static FaultyPartitions of(OutputPlace place, RunMarks marks, Predicate<String> isMeasured)
      throws IOException {
    FaultyPartitions faulty = new FaultyPartitions(new TreeMap<>(), true);
    Map<String, List<StoredRuns.Written>> known = new StoredRuns(place).written(marks::isPublished);
    known.forEach(
        (partition, runs) -> {
          if (isMeasured.test(partition)) {
            faulty.add(runs.get(0).run(), partition, runs.get(0).partition().quarantined());
          }
        });
    boolean areAll = marks.partitions().stream().filter(isMeasured).allMatch(known::containsKey);
    return new FaultyPartitions(faulty.byRun, areAll);
  }

  private void add(String run, String partition, long quarantined) {
    if (quarantined > 0) {
      byRun.computeIfAbsent(run, any -> new TreeSet<>()).add(partition);
    }
  }
}
