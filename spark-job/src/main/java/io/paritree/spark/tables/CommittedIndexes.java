package io.paritree.spark.tables;

import io.paritree.lookup.TableIndexes;
import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionValue;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says which indexes belong to the version of a table that a commit makes. It is written beside the
 * indexes before the commit, and counts once the log has a commit of the run's name: a server
 * follows the log's last commit to it.
 *
 * <p>The next such run begins with what the last one has said, and leaves out what the log says was
 * changed since. The tags of files do not say it: {@code OPTIMIZE} drops them, and a partition
 * without rows has no file.
 */
final class CommittedIndexes {
  private final OutputPlace place;
  private final Location indexes;

  CommittedIndexes(OutputPlace place) {
    this.place = place;
    this.indexes = StateDirectory.indexes(place.state());
  }

  /**
   * Writes what belongs to the next version, if this run has built indexes.
   *
   * @param name of the run's directory
   * @param now the version that the commit is based on
   * @param published the run's partitions
   */
  void write(String name, TableState now, Iterable<String> published) throws IOException {
    Set<String> built = built();
    if (!built.contains(name)) {
      return;
    }

    Map<String, String> runs = of(now, built);
    published.forEach(partition -> runs.put(partition, name));
    place
        .store()
        .replace(
            indexes.resolve(name).resolve(TableIndexes.FILE),
            new TableIndexes(Math.max(0, now.version()), runs).toJson());
  }

  /** Returns the runs whose indexes belong to a version, by the partitions. */
  Map<String, String> of(TableState now) throws IOException {
    return of(now, built());
  }

  private Set<String> built() throws IOException {
    return place.listOrNone(indexes).stream()
        .map(FileEntry::location)
        .map(Location::name)
        .collect(Collectors.toSet());
  }

  private Map<String, String> of(TableState now, Set<String> built) throws IOException {
    Map<String, String> runs;
    try {
      runs = logged(now, built).orElseGet(() -> new TreeMap<>(now.runs()));
    } catch (DamagedFileException e) {
      runs = new TreeMap<>(now.runs());
    }

    runs.values().retainAll(built);
    return runs;
  }

  /**
   * Reads the log backwards to the last commit of a run with indexes, and on to the version on
   * which that was based, as other runs may have committed between.
   *
   * @return empty if the log does not say all that; then only the files' tags are left
   */
  private Optional<Map<String, String>> logged(TableState now, Set<String> built)
      throws IOException {
    Map<String, String> runs = new TreeMap<>();
    Set<Map<String, String>> changed = new HashSet<>();
    Optional<TableIndexes> last = Optional.empty();
    for (long version = now.version(); last.isEmpty() || version > last.get().base(); version--) {
      Optional<CommitFile> commit = CommitFile.read(place.store(), place.output(), version);
      if (commit.isEmpty() || !namesPartitions(commit.get(), now)) {
        return Optional.empty();
      }

      for (String name : commit.get().transactions()) {
        Optional<TableIndexes> own = built.contains(name) ? written(name) : Optional.empty();
        if (own.isPresent()) {
          Map<String, String> published = new TreeMap<>(own.get().runs());
          published.values().retainAll(Set.of(name));
          addUnchanged(published, changed, runs);
          published.keySet().forEach(partition -> changed.add(PartitionValue.texts(partition)));
          last = last.or(() -> own);
        }
      }

      changed.addAll(commit.get().changed());
    }

    addUnchanged(last.get().runs(), changed, runs);
    return Optional.of(runs);
  }

  /** Returns whether a commit names the partitions of the files that it removes. */
  private static boolean namesPartitions(CommitFile commit, TableState now) {
    return commit.changed().stream()
        .allMatch(values -> values.keySet().equals(Set.copyOf(now.partitionColumns())));
  }

  private static void addUnchanged(
      Map<String, String> from, Set<Map<String, String>> changed, Map<String, String> to) {
    from.forEach(
        (partition, run) -> {
          if (!changed.contains(PartitionValue.texts(partition))) {
            to.put(partition, run);
          }
        });
  }

  private Optional<TableIndexes> written(String name) throws IOException {
    Location file = indexes.resolve(name).resolve(TableIndexes.FILE);
    try {
      return Optional.of(TableIndexes.fromJson(place.store().read(file), file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
