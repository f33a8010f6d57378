package io.paritree.spark.outcomes;

import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionManifest;
import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.tables.RunMarks;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    Set<String> known = new HashSet<>();
    for (Location kept : kept(place)) {
      Optional<RunReport> report = report(place, kept.resolve(StateDirectory.REPORT));
      List<RunReport.Partition> scored =
          report.map(own -> own.partitions().scored()).orElse(List.of());
      for (RunReport.Partition own : scored) {
        if (isMeasured.test(own.path())
            && !known.contains(own.path())
            && marks.isPublished(own.path(), own.identity())) {
          known.add(own.path());
          faulty.add(runOf(kept), own.path(), own.quarantined());
        }
      }
    }

    boolean areAll = marks.partitions().stream().filter(isMeasured).allMatch(known::contains);
    return new FaultyPartitions(faulty.byRun, areAll);
  }

  private void add(String run, String partition, long quarantined) {
    if (quarantined > 0) {
      byRun.computeIfAbsent(run, any -> new TreeSet<>()).add(partition);
    }
  }

  /** Returns where runs have left their reports: those that have ended, and others. */
  private static List<Location> kept(OutputPlace place) throws IOException {
    Stream<Location> ended = place.listOrNone(place.runs()).stream().map(FileEntry::location);
    Stream<Location> others =
        place.unfinished().stream()
            .map(run -> place.state().resolve(run).resolve(StateDirectory.KEPT));
    return Stream.concat(ended, others).collect(Collectors.toCollection(ArrayList::new));
  }

  private static String runOf(Location kept) {
    return kept.name().equals(StateDirectory.KEPT) ? kept.parent().name() : kept.name();
  }

  private static Optional<RunReport> report(OutputPlace place, Location file) throws IOException {
    try {
      return Optional.of(RunReport.fromJson(place.store().read(file), file.toString()));
    } catch (NoSuchFileException | DamagedFileException e) {
      return Optional.empty(); // then it is not known what the run has left
    }
  }
}
