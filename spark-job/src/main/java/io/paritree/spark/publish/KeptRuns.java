package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What ended runs have left next to an output: their reports and quarantined rows. */
public record KeptRuns(OutputPlace place) {
  /**
   * Removes the reports and quarantined rows of the oldest runs, with all their groups. Runs that
   * have not ended stay, and do not count. Runs with only a record are counted apart, so that many
   * refused runs do not remove quarantined rows.
   *
   * @param kept the number of runs of each kind that stay: the newest, by modification time; at
   *     least 1
   * @param own any group of the run that is ending now; this run stays
   */
  public void remove(int kept, RunName own) throws IOException {
    Map<String, List<FileEntry>> groups = new TreeMap<>();
    for (FileEntry group : place.listOrNone(place.runs())) {
      String run = RunName.runOf(group.location().name());
      groups.computeIfAbsent(run, name -> new ArrayList<>()).add(group);
    }

    Optional<List<FileEntry>> ownGroups =
        Optional.ofNullable(groups.remove(RunName.runOf(own.toString())));
    for (String unfinished : place.unfinished()) {
      groups.remove(RunName.runOf(unfinished));
    }

    for (boolean records : new boolean[] {false, true}) {
      List<List<FileEntry>> runs = new ArrayList<>(groups.values());
      runs.removeIf(run -> isRecord(run) != records);
      runs.sort(Comparator.comparingLong(KeptRuns::newestMillis));
      int others = ownGroups.filter(run -> isRecord(run) == records).isPresent() ? kept - 1 : kept;
      for (List<FileEntry> run : runs.subList(0, Math.max(0, runs.size() - others))) {
        for (FileEntry group : run) {
          place.store().delete(group.location());
        }
      }
    }
  }

  private static boolean isRecord(List<FileEntry> run) {
    return run.stream().allMatch(group -> RunName.isRecord(group.location().name()));
  }

  private static long newestMillis(List<FileEntry> entries) {
    return entries.stream().mapToLong(FileEntry::modifiedMillis).max().orElse(0);
  }
}
