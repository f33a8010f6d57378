package io.paritree.spark.publish;

import io.paritree.lookup.TableIndexes;
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
import java.util.stream.IntStream;

/**
 * The indexes of an output, from which a server looks stored scores up.
 *
 * <p>An index is complete before its partition is published, and belongs to the partition only
 * while that names the run that has built it.
 */
public record KeptIndexes(OutputPlace place) {

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
   * Removes indexes that nothing uses.
   *
   * <p>Of a directory, indexes whose partitions another run has published since, and indexes of
   * runs that have ended without publishing; indexes of a table's commits stay. Of a table, indexes
   * that do not belong to its newest version.
   *
   * @param table which belong to it; empty for a directory
   */
  public void removeUnused(Optional<Current> table) throws IOException {
    // Listed first: these belong to runs that have begun, so one that is not unfinished has ended.
    List<FileEntry> runs = place.listOrNone(StateDirectory.indexes(place.state()));
    Set<String> unfinished = unfinished();
    Unused unused = table.isPresent() ? unusedBy(table.get().now()) : unused(unfinished.isEmpty());
    for (FileEntry run : runs) {
      String name = run.location().name();
      boolean mayGo = table.isPresent() || !isOfTable(run);
      if (mayGo && !unfinished.contains(name) && isUnused(name, unused, run.location())) {
        place.store().delete(run.location());
      }
    }
  }

  private boolean isOfTable(FileEntry run) throws IOException {
    return place.store().find(run.location().resolve(TableIndexes.FILE)).isPresent();
  }

  private static Unused unusedBy(Map<String, String> current) {
    return (run, partition) -> !run.equals(current.get(partition));
  }

  /** A partition is also absent between the two renames of a replacement, which may be undone. */
  private Unused unused(boolean areAllEnded) {
    return (run, partition) ->
        place.manifest(partition).map(now -> !now.directory().equals(run)).orElse(areAllEnded);
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

  /** Removes unused indexes below a directory; returns whether all were unused. */
  private boolean isUnused(String run, Unused unused, Location directory) throws IOException {
    List<String> partitions = new ArrayList<>();
    for (List<String> level = List.of(""); !level.isEmpty(); ) {
      List<List<String>> below =
          place.calls().answers(level, path -> directoriesIn(directory, path));
      for (int at = 0; at < below.size(); at++) {
        if (below.get(at).isEmpty()) {
          partitions.add(level.get(at));
        }
      }

      level = below.stream().flatMap(List::stream).toList();
    }

    List<Boolean> isUnused =
        place.calls().answers(partitions, path -> unused.is(run, StateDirectory.partition(path)));
    if (isUnused.stream().allMatch(one -> one)) {
      return true;
    }

    List<String> removed =
        IntStream.range(0, partitions.size())
            .filter(isUnused::get)
            .mapToObj(partitions::get)
            .toList();
    place.calls().each(removed, path -> place.store().delete(directory.resolve(path)));
    return false;
  }

  private List<String> directoriesIn(Location directory, String path) throws IOException {
    return place.listOrNone(path.isEmpty() ? directory : directory.resolve(path)).stream()
        .filter(FileEntry::isDirectory)
        .map(entry -> entry.location().name())
        .map(name -> path.isEmpty() ? name : path + "/" + name)
        .toList();
  }
}
