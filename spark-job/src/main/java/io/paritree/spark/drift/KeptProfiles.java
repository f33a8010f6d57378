package io.paritree.spark.drift;

import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionValue;
import io.paritree.output.StateDirectory;
import io.paritree.output.StoredProfile;
import io.paritree.spark.output.Output;
import io.paritree.spark.output.Published;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The profiles of an output's partitions, in its state.
 *
 * <p>A profile is complete before its partition is published, and belongs to the partition only
 * while that has its identity.
 */
public record KeptProfiles(OutputPlace place) {
  private static final int MOST_OLDEST = 20;

  /** Writes the profile of a partition that is about to be published. */
  public void write(String partition, String identity, StoredProfile profile) throws IOException {
    place
        .store()
        .replace(StateDirectory.profile(place.state(), partition, identity), profile.toJson());
  }

  /** Returns the profile of a partition with an identity; empty if there is none, or no whole. */
  Optional<StoredProfile> read(String partition, String identity) throws IOException {
    Location file = StateDirectory.profile(place.state(), partition, identity);
    try {
      return Optional.of(StoredProfile.fromJson(place.store().read(file), file.toString()));
    } catch (NoSuchFileException | DamagedFileException e) {
      return Optional.empty();
    }
  }

  /** Returns the identities with which there are profiles of a partition. */
  List<String> identities(String partition) throws IOException {
    Location directory = StateDirectory.profiles(place.state(), partition);
    return place.listOrNone(directory).stream()
        .flatMap(file -> StateDirectory.identity(file.location().name()).stream())
        .toList();
  }

  /** Returns the partitions of a series that have profiles and are before its partition. */
  List<String> before(Series series) throws IOException {
    if (series.values().isEmpty()) {
      return List.of("");
    }

    List<String> found = List.of("");
    for (int level = 0; level < series.values().size(); level++) {
      List<String> deeper = new ArrayList<>();
      for (String above : found) {
        for (String name : below(above)) {
          if (series.mayHave(level, PartitionValue.ofPath(name).get(0))) {
            deeper.add(above.isEmpty() ? name : above + "/" + name);
          }
        }
      }

      found = deeper;
    }

    return found.stream().filter(series::precedes).toList();
  }

  private List<String> below(String path) throws IOException {
    Location all = StateDirectory.profiles(place.state());
    return place.listOrNone(path.isEmpty() ? all : all.resolve(path)).stream()
        .filter(FileEntry::isDirectory)
        .map(entry -> entry.location().name())
        .filter(PartitionValue::isPartitionName)
        .toList();
  }

  /**
   * Removes profiles that belong to no published partition, as {@link #removeUnused} does. A
   * failure is printed and does not fail the run.
   */
  public static void tidy(Output output, Collection<String> partitions, PrintStream progress) {
    try {
      new KeptProfiles(output.place()).removeUnused(partitions, output::now);
    } catch (IOException | RuntimeException e) { // of a table's format, too
      progress.println(
          "Cannot remove old profiles from %s: %s".formatted(output.place().state(), e));
    }
  }

  /**
   * Removes profiles that belong to no published partition: of these partitions, and of the oldest
   * ones. While any run has not ended, all stay.
   *
   * @param published says what is published now; asked only if there are profiles
   */
  void removeUnused(Collection<String> partitions, Supplier<Published> published)
      throws IOException {
    if (place.listOrNone(StateDirectory.profiles(place.state())).isEmpty()) {
      return;
    }

    // Listed first: these belong to runs that have begun, so to ended ones if none is unfinished.
    Set<String> listed = new LinkedHashSet<>(partitions);
    addOldest("", listed, partitions.size() + MOST_OLDEST);
    Map<String, List<String>> identities = new ConcurrentHashMap<>();
    place.calls().each(listed, partition -> identities.put(partition, identities(partition)));
    if (place.unfinished().isEmpty()) {
      Published now = published.get();
      place
          .calls()
          .each(listed, partition -> removeUnused(partition, identities.get(partition), now));
    }
  }

  private void addOldest(String path, Set<String> listed, int most) throws IOException {
    List<String> below = new ArrayList<>(below(path));
    below.sort(PartitionValue.ORDER);
    if (below.isEmpty()) {
      listed.add(path);
    }

    for (String name : below) {
      if (listed.size() < most) {
        addOldest(path.isEmpty() ? name : path + "/" + name, listed, most);
      }
    }
  }

  private void removeUnused(String partition, List<String> identities, Published published)
      throws IOException {
    boolean isEmpty = true;
    for (String identity : identities) {
      if (published.has(partition, identity)) {
        isEmpty = false;
      } else {
        place.store().delete(StateDirectory.profile(place.state(), partition, identity));
      }
    }

    if (isEmpty) {
      place.store().delete(StateDirectory.profiles(place.state(), partition));
    }
  }
}
