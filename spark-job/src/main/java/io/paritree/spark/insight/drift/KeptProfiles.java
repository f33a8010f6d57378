package io.paritree.spark.insight.drift;

import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionValue;
import io.paritree.output.StateDirectory;
import io.paritree.output.StoredProfile;
import io.paritree.spark.output.Output;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.Published;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /** Returns the identities with which there are profiles of a partition, the newest first. */
  List<String> identities(String partition) throws IOException {
    return identities(place.listOrNone(StateDirectory.profiles(place.state(), partition)));
  }

  private static List<String> identities(List<FileEntry> listed) {
    return listed.stream()
        .sorted(Comparator.comparingLong(FileEntry::modifiedMillis).reversed())
        .flatMap(file -> StateDirectory.identity(file.location().name()).stream())
        .toList();
  }

  /** Returns the names of the levels of partitions below a path, at which there are profiles. */
  List<String> below(String path) throws IOException {
    return below(list(path));
  }

  private static List<String> below(List<FileEntry> listed) {
    return listed.stream()
        .filter(FileEntry::isDirectory)
        .map(entry -> entry.location().name())
        .filter(PartitionValue::isPartitionName)
        .toList();
  }

  private List<FileEntry> list(String path) throws IOException {
    Location all = StateDirectory.profiles(place.state());
    return place.listOrNone(path.isEmpty() ? all : all.resolve(path));
  }

  /**
   * Removes profiles that no partition needs any more, as {@link #removeUnused} does. A failure is
   * printed and does not fail the run.
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
   * Removes profiles of partitions that are gone, and those that were followed by the profile of
   * the rows that a partition has now: of these partitions, and of the oldest ones. While any run
   * has not ended, all stay, and so do those of rows of which nothing says who has written them.
   *
   * @param published says who has written the rows that there are now; asked only if there are
   *     profiles
   */
  void removeUnused(Collection<String> partitions, Supplier<Published> published)
      throws IOException {
    // Listed first: these belong to runs that have begun, so to ended ones if none is unfinished.
    Map<String, List<String>> kept = kept(partitions);
    if (!kept.isEmpty() && place.unfinished().isEmpty()) {
      Published now = published.get();
      place
          .calls()
          .each(kept.keySet(), partition -> removeUnused(partition, kept.get(partition), now));
    }
  }

  /**
   * Returns the identities with which there are profiles, of these partitions and of the oldest
   * others. Each directory is listed once, those of a level many at a time.
   */
  private Map<String, List<String>> kept(Collection<String> partitions) throws IOException {
    Set<String> asked = new HashSet<>();
    for (String partition : partitions) {
      for (int end = partition.length(); end > 0; end = partition.lastIndexOf('/', end - 1)) {
        asked.add(partition.substring(0, end));
      }
    }

    Map<String, List<String>> kept = new LinkedHashMap<>();
    List<FileEntry> all = list("");
    if (!all.isEmpty() && (below(all).isEmpty() || partitions.contains(""))) {
      kept.put("", identities("")); // not partitioned
    }

    List<String> level = oldest(deeper("", all), asked);
    while (!level.isEmpty()) {
      List<List<FileEntry>> listed = place.calls().answers(level, this::list);
      List<String> deeper = new ArrayList<>();
      for (int at = 0; at < level.size(); at++) {
        List<String> below = deeper(level.get(at), listed.get(at));
        deeper.addAll(below);
        if (below.isEmpty()) {
          kept.put(level.get(at), identities(listed.get(at)));
        }
      }

      level = oldest(deeper, asked);
    }

    return kept;
  }

  private static List<String> deeper(String path, List<FileEntry> listed) {
    return below(listed).stream()
        .sorted(PartitionValue.ORDER)
        .map(name -> path.isEmpty() ? name : path + "/" + name)
        .toList();
  }

  /** Returns the paths that are asked for, and the first of the others. */
  private static List<String> oldest(List<String> paths, Set<String> asked) {
    List<String> others = paths.stream().filter(path -> !asked.contains(path)).toList();
    List<String> oldest = new ArrayList<>(paths);
    oldest.removeAll(
        Set.copyOf(others.subList(Math.min(MOST_OLDEST, others.size()), others.size())));
    return oldest;
  }

  private void removeUnused(String partition, List<String> identities, Published published)
      throws IOException {
    Published.Writer writer =
        identities.isEmpty() ? Published.Writer.GONE : published.writer(partition, identities);
    if (writer.isGone()) {
      place.store().delete(StateDirectory.profiles(place.state(), partition));
    } else if (writer.identity().isPresent()) {
      for (String identity : identities) {
        if (!identity.equals(writer.identity().get())) {
          place.store().delete(StateDirectory.profile(place.state(), partition, identity));
        }
      }
    }
  }
}
