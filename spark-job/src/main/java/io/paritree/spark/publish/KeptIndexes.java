package io.paritree.spark.publish;

import io.paritree.lookup.StateDirectory;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
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

  /**
   * Removes the indexes whose partitions another run has published since, and those of runs that
   * have ended without publishing.
   */
  public void removeUnused() throws IOException {
    // Listed first: what is listed then belongs to runs that have begun, so that one which is not
    // unfinished has ended.
    List<FileEntry> runs = place.listOrNone(StateDirectory.indexes(place.state()));
    Set<String> unfinished = unfinished();
    for (FileEntry run : runs) {
      String name = run.location().name();
      boolean areAllEnded = unfinished.isEmpty();
      if (!unfinished.contains(name) && removeUnused(name, areAllEnded, run.location(), "")) {
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
  private boolean removeUnused(String run, boolean areAllEnded, Location directory, String path)
      throws IOException {
    List<FileEntry> entries = place.listOrNone(directory);
    if (entries.stream().noneMatch(FileEntry::isDirectory)) {
      String partition = StateDirectory.partition(path);
      Optional<PartitionManifest> published = place.manifest(partition);
      // A partition is also absent between the two renames of a replacement, which may be undone.
      return published.map(now -> !now.directory().equals(run)).orElse(areAllEnded);
    }

    boolean isAll = true;
    for (FileEntry entry : entries) {
      String below =
          path.isEmpty() ? entry.location().name() : path + "/" + entry.location().name();
      if (removeUnused(run, areAllEnded, entry.location(), below)) {
        place.store().delete(entry.location());
      } else {
        isAll = false;
      }
    }

    return isAll;
  }
}
