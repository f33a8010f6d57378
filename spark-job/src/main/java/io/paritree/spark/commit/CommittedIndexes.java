package io.paritree.spark.commit;

import io.paritree.lookup.StateDirectory;
import io.paritree.lookup.TableIndexes;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says which indexes belong to the version of a table that a commit makes. It is written beside the
 * indexes before the commit, and counts once the log has a commit of the run's name: a server
 * follows the log's last commit to it.
 */
final class CommittedIndexes {
  private final OutputPlace place;

  CommittedIndexes(OutputPlace place) {
    this.place = place;
  }

  /**
   * Writes what belongs to the next version, if this run has built indexes.
   *
   * @param name of the run's directory
   * @param now the version that the commit is based on
   * @param published the run's partitions
   */
  void write(String name, TableState now, Iterable<String> published) throws IOException {
    Location indexes = StateDirectory.indexes(place.state());
    Set<String> built =
        place.listOrNone(indexes).stream()
            .map(FileEntry::location)
            .map(Location::name)
            .collect(Collectors.toSet());
    if (!built.contains(name)) {
      return;
    }

    Map<String, String> runs = new TreeMap<>(now.runs());
    runs.values().retainAll(built);
    published.forEach(partition -> runs.put(partition, name));
    place
        .store()
        .replace(
            indexes.resolve(name).resolve(TableIndexes.FILE),
            new TableIndexes(now.version(), runs).toJson());
  }
}
