package io.paritree.spark.insight.outcomes;

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
 * The published partitions that are measured, as far as it is known which run has written them.
 *
 * @param faulty the paths of those of which some rows could not be scored, by the names of the
 *     runs' directories
 * @param packages that have scored their rows
 * @param areAll whether none are missing: of a table, runs' reports say it, which may have been
 *     removed, and another program may have changed a partition since
 */
record KnownPartitions(
    TreeMap<String, Set<String>> faulty, ScoringPackages packages, boolean areAll) {
  /** Returns those of a directory. */
  static KnownPartitions of(List<PartitionManifest> published) {
    KnownPartitions all = none();
    for (PartitionManifest own : published) {
      all.addFaulty(own.directory(), own.partition(), own.quarantined());
      all.packages.add(own.modelVersion(), own.modelDigest());
    }

    return all;
  }

  private static KnownPartitions none() {
    return new KnownPartitions(new TreeMap<>(), new ScoringPackages(new TreeMap<>(), true), true);
  }

  /**
   * Returns those of a version of a table. Runs with the same identity have the same rows in
   * quarantine, so any of them will do.
   *
   * @param isMeasured says it of the path of a partition
   */
  static KnownPartitions of(OutputPlace place, RunMarks marks, Predicate<String> isMeasured)
      throws IOException {
    KnownPartitions all = none();
    Map<String, List<StoredRuns.Written>> known = new StoredRuns(place).written(marks::isPublished);
    known.forEach(
        (partition, runs) -> {
          if (isMeasured.test(partition)) {
            StoredRuns.Written own = runs.get(0);
            all.addFaulty(own.run(), partition, own.partition().quarantined());
            own.report()
                .start()
                .model()
                .ifPresent(model -> all.packages.add(model.version(), model.digest()));
          }
        });
    boolean areAll = marks.partitions().stream().filter(isMeasured).allMatch(known::containsKey);
    ScoringPackages packages = new ScoringPackages(all.packages.digests(), areAll);
    return new KnownPartitions(all.faulty, packages, areAll);
  }

  private void addFaulty(String run, String partition, long quarantined) {
    if (quarantined > 0) {
      faulty.computeIfAbsent(run, any -> new TreeSet<>()).add(partition);
    }
  }
}
