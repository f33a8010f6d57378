package io.paritree.spark.publish;

import io.paritree.output.DamagedFileException;
import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * What the runs of an output have left beside it: reports and quarantined rows. What is not there
 * was removed, or is damaged.
 *
 * @param place of the output
 */
public record StoredRuns(OutputPlace place) {

  /**
   * A partition as the report of a run has it.
   *
   * @param run the name of the run's directory
   */
  public record Written(String run, RunReport report, RunReport.Partition partition) {}

  /** Returns the report of a run by the name of its directory; empty if it is not there. */
  public Optional<RunReport> report(String run) throws IOException {
    Location unfinished = place.state().resolve(run).resolve(StateDirectory.KEPT);
    for (Location kept : List.of(place.runs().resolve(run), unfinished)) {
      Location file = kept.resolve(StateDirectory.REPORT);
      try {
        return Optional.of(RunReport.fromJson(place.store().read(file), file.toString()));
      } catch (NoSuchFileException | DamagedFileException e) {
        // then it is not known what the run has done
      }
    }

    return Optional.empty();
  }

  /** Returns the names of the directories of all runs: those that have ended, and others. */
  private Set<String> runs() throws IOException {
    Set<String> runs = new LinkedHashSet<>();
    for (FileEntry entry : place.listOrNone(place.runs())) {
      if (entry.isDirectory()) {
        runs.add(entry.location().name());
      }
    }

    runs.addAll(place.unfinished());
    return runs;
  }

  /**
   * Returns who has written the partitions of a version of a table, by their paths: each run whose
   * report says so, and whose identity is that of the files. Runs with the same identity have the
   * same rows, also in quarantine, in other files.
   *
   * @param isPublished says of a partition's path and an identity whether exactly a run with this
   *     identity has written the version's rows of it
   */
  public Map<String, List<Written>> written(BiPredicate<String, String> isPublished)
      throws IOException {
    Map<String, List<Written>> written = new TreeMap<>();
    for (String run : runs()) {
      Optional<RunReport> report = report(run);
      for (RunReport.Partition own :
          report.map(any -> any.partitions().scored()).orElse(List.of())) {
        if (isPublished.test(own.path(), own.identity())) {
          written
              .computeIfAbsent(own.path(), any -> new ArrayList<>())
              .add(new Written(run, report.get(), own));
        }
      }
    }

    return written;
  }

  /** Returns the directory of the rows that a run could not score; empty if there is none. */
  public Optional<Location> quarantine(String run) throws IOException {
    for (Location directory : StateDirectory.quarantine(place.state(), run)) {
      if (!place.listOrNone(directory).isEmpty()) {
        return Optional.of(directory);
      }
    }

    return Optional.empty();
  }
}
