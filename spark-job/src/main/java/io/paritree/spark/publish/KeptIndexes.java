package io.paritree.spark.publish;

import io.paritree.lookup.TableIndexes;
import io.paritree.output.PartitionManifest;
import io.paritree.output.StateDirectory;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The indexes of an output, from which a server looks stored scores up.
 *
 * <p>An index is complete before its partition is published, and belongs to the partition only
 * while that names the run that has built it.
 */
public final class KeptIndexes {
  private final OutputPlace place;

  public KeptIndexes(OutputPlace place) {
    this.place = place;
  }

  /** Says which runs' indexes belong to the newest version of a table, by its partitions. */
  @FunctionalInterface
  public interface Current {
    Map<String, String> now() throws IOException;
  }

  /** Says whether a partition does not need an index that a run has built of it. */
  @FunctionalInterface
  private interface Unused {
    boolean is(String run, String partition) throws IOException;
  }

  /**
   * Removes the indexes whose partitions another run has published since, and indexes of runs that
   * have ended without publishing. Indexes of a table's commits stay.
   */
  public void removeUnused() throws IOException {
    List<FileEntry> runs = new ArrayList<>();
    for (FileEntry run : runs()) {
      if (place.store().find(run.location().resolve(TableIndexes.FILE)).isEmpty()) {
        runs.add(run);
      }
    }

    Set<String> unfinished = unfinished();
    boolean areAllEnded = unfinished.isEmpty();
    removeUnused(
        runs,
        unfinished,
        (run, partition) -> {
          Optional<PartitionManifest> published = place.manifest(partition);
          // A partition is also absent between the two renames of a replacement, which may be
          // undone.
          return published.map(now -> !now.directory().equals(run)).orElse(areAllEnded);
        });
  }

  /** Removes the indexes of a table that do not belong to its newest version. */
  public void removeUnusedOfTable(Current table) throws IOException {
    List<FileEntry> runs = runs();
    Set<String> unfinished = unfinished();
    Map<String, String> current = table.now();
    removeUnused(runs, unfinished, (run, partition) -> !run.equals(current.get(partition)));
  }

  /**
   * Returns the runs that have indexes. To be listed first: a run that is listed then belongs to
   * runs that have begun, so that one which is not unfinished has ended.
   */
  private List<FileEntry> runs() throws IOException {
    return place.listOrNone(StateDirectory.indexes(place.state()));
  }

  private void removeUnused(List<FileEntry> runs, Set<String> unfinished, Unused unused)
      throws IOException {
    for (FileEntry run : runs) {
      String name = run.location().name();
      if (!unfinished.contains(name) && isUnused(name, unused, run.location(), "")) {
        place.store().delete(run.location());
      }
    }
  }

  private Set<String> unfinished() throws IOException {
    Set<String> names = new HashSet<>();
    for (String name : place.unfinished()) {
      names.add(RunName.withoutFence(name));
      for (RunDirectory taken : new RunDirectory(place, name).takenRuns()) {
        names.add(RunName.withoutFence(taken.name()));
      }
    }

    return names;
  }

  /** Removes what is unused below a directory; returns whether that is everything. */
  private boolean isUnused(String run, Unused unused, Location directory, String path)
      throws IOException {
    List<FileEntry> below =
        place.listOrNone(directory).stream().filter(FileEntry::isDirectory).toList();
    if (below.isEmpty()) {
      return unused.is(run, StateDirectory.partition(path));
    }

    boolean isAll = true;
    for (FileEntry entry : below) {
      String name = entry.location().name();
      if (isUnused(run, unused, entry.location(), path.isEmpty() ? name : path + "/" + name)) {
        place.store().delete(entry.location());
      } else {
        isAll = false;
      }
    }

    return isAll;
  }
}
