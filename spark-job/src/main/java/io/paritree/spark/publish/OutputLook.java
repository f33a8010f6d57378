package io.paritree.spark.publish;

import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A look at the directories in the places of partitions. Each directory is listed once, so a look
 * is taken anew whenever that may have changed.
 *
 * <p>The place of a partition is the directory with its canonical path. Other writers, and earlier
 * versions of this job, have spelled values otherwise ({@code New%20York} for {@code New York}):
 * such directories are in the same place, and are replaced with it.
 *
 * <p>Thread-safe.
 */
public final class OutputLook {
  /** The token of files that no run has written. */
  public static final String FOREIGN = "foreign";

  private static final String PARTITIONS = "partitions ";

  private final OutputPlace place;
  private final Map<String, Map<String, FileEntry>> listed = new ConcurrentHashMap<>();
  private final Map<String, Map<String, List<String>>> spellings = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> tokens = new ConcurrentHashMap<>();

  OutputLook(OutputPlace place) {
    this.place = place;
  }

  /** Says which partitions count; may ask the store. */
  @FunctionalInterface
  interface Condition {
    boolean holds(PreparedPartition partition) throws IOException;
  }

  /**
   * Looks at the places of many partitions, which nothing that is asked about them has to wait for
   * then.
   *
   * @param partitions their canonical paths
   */
  public void at(List<String> partitions) throws IOException {
    Set<String> parents = new LinkedHashSet<>();
    partitions.forEach(path -> parents.add(path.substring(0, Math.max(0, path.lastIndexOf('/')))));
    if (!partitions.equals(List.of(""))) {
      place.calls().each(parents, this::spellings);
    }

    place.calls().each(partitions, this::found);
  }

  /** Returns the partitions of which a condition holds, in their order. */
  List<PreparedPartition> only(List<PreparedPartition> partitions, Condition condition)
      throws IOException {
    List<Boolean> holds = place.calls().answers(partitions, condition::holds);
    return IntStream.range(0, partitions.size())
        .filter(holds::get)
        .mapToObj(partitions::get)
        .toList();
  }

  /**
   * Returns a text that describes the directories in a partition's place; it changes whenever a run
   * publishes the partition.
   *
   * @param partition its canonical path
   */
  public String token(String partition) throws IOException {
    List<String> texts = new ArrayList<>();
    found(partition)
        .forEach((path, own) -> texts.add(path.equals(partition) ? own : path + " " + own));
    return String.join("\n", texts);
  }

  /**
   * Returns whether a partition is published with this identity and nothing else is in its place,
   * and every file that its manifest names exists with its size.
   */
  public boolean isPublished(String partition, String identity) throws IOException {
    Optional<PartitionManifest> manifest = place.manifest(partition);
    return manifest.isPresent()
        && manifest.get().identity().equals(identity)
        && place.missing(manifest, place.partition(partition)).isEmpty()
        && others(partition).isEmpty();
  }

  /**
   * Returns the directories in a partition's place with their tokens: the canonical one first, also
   * if it is not there, then others that are not empty.
   */
  public Map<String, String> found(String partition) throws IOException {
    Map<String, String> found = tokens.get(partition);
    if (found == null) {
      found = new LinkedHashMap<>();
      found.put(partition, tokenOf(partition));
      for (String other : others(partition)) {
        found.put(other, tokenOf(other));
      }

      tokens.put(partition, found);
    }

    return found;
  }

  /** Returns whether a token is one of a directory in which runs have published partitions. */
  public static boolean isOfPartitions(String token) {
    return token.startsWith(PARTITIONS);
  }

  /**
   * Returns partitions with the content of their places now: the canonical directory's token, and
   * the other directories, which are replaced too.
   */
  List<PreparedPartition> withOthers(List<PreparedPartition> partitions) throws IOException {
    List<PreparedPartition> with = new ArrayList<>();
    for (PreparedPartition partition : partitions) {
      String path = partition.partition();
      Map<String, String> found = found(path);
      List<String> others = found.keySet().stream().filter(one -> !one.equals(path)).toList();
      with.add(new PreparedPartition(path, partition.identity(), found.get(path), others));
    }

    return with;
  }

  /**
   * Returns the canonical paths of the directories that this look has seen beside the paths of all
   * partitions that it was asked for, in their order.
   */
  public List<String> beside() {
    Set<String> asked = new HashSet<>();
    for (String partition : tokens.keySet()) {
      for (int end = partition.length(); end > 0; end = partition.lastIndexOf('/', end - 1)) {
        asked.add(partition.substring(0, end));
      }
    }

    Set<String> beside = new TreeSet<>(PartitionValue.ORDER);
    spellings.values().forEach(below -> beside.addAll(below.keySet()));
    beside.removeAll(asked);
    return List.copyOf(beside);
  }

  private List<String> others(String partition) throws IOException {
    if (partition.isEmpty()) {
      return List.of();
    }

    List<String> spelled = List.of("");
    for (int end = 0; end < partition.length(); ) {
      int next = partition.indexOf('/', end + 1);
      end = next < 0 ? partition.length() : next;
      String canonical = partition.substring(0, end);
      List<String> longer = new ArrayList<>();
      for (String above : spelled) {
        longer.addAll(spellings(above).getOrDefault(canonical, List.of()));
      }

      spelled = longer;
    }

    List<String> others = new ArrayList<>();
    for (String path : spelled) {
      if (!path.equals(partition) && !place.listOrNone(place.partition(path)).isEmpty()) {
        others.add(path);
      }
    }

    return others;
  }

  /** Returns the paths of the partition directories in a directory, by the canonical ones. */
  private Map<String, List<String>> spellings(String directory) throws IOException {
    Map<String, List<String>> known = spellings.get(directory);
    if (known == null) {
      known =
          listed(directory).entrySet().stream()
              .filter(entry -> entry.getValue().isDirectory())
              .map(Map.Entry::getKey)
              .filter(path -> PartitionValue.isPartitionName(path.substring(nameAt(path))))
              .collect(Collectors.groupingBy(PartitionValue::canonical));
      spellings.put(directory, known);
    }

    return known;
  }

  /** Returns what is in a directory, by its paths. */
  private Map<String, FileEntry> listed(String directory) throws IOException {
    Map<String, FileEntry> known = listed.get(directory);
    if (known == null) {
      known = new LinkedHashMap<>();
      for (FileEntry entry : place.listOrNone(place.partition(directory))) {
        String name = entry.location().name();
        known.put(directory.isEmpty() ? name : directory + "/" + name, entry);
      }

      listed.put(directory, known);
    }

    return known;
  }

  private static int nameAt(String path) {
    return path.lastIndexOf('/') + 1;
  }

  private Optional<FileEntry> entry(String path) throws IOException {
    return path.isEmpty()
        ? place.store().find(place.output())
        : Optional.ofNullable(listed(path.substring(0, Math.max(0, nameAt(path) - 1))).get(path));
  }

  private String tokenOf(String path) throws IOException {
    Location directory = place.partition(path);
    Optional<FileEntry> here = entry(path);
    if (here.isEmpty()) {
      return "absent";
    }

    if (!here.get().isDirectory()) {
      return FOREIGN;
    }

    while (true) {
      Optional<PartitionManifest> manifest = place.manifest(path);
      if (manifest.isPresent()) {
        return manifest.get().token();
      }

      List<FileEntry> found = place.listOrNone(directory);
      if (found.isEmpty()) {
        return place.store().find(directory).isEmpty() ? "absent" : "empty";
      }

      // Otherwise, a run has published the partition since the search for its manifest.
      if (found.stream()
          .noneMatch(entry -> entry.location().name().equals(PartitionManifest.FILE))) {
        return isBeingMoved(path) ? "unfinished" : tokenOfOthers(path);
      }
    }
  }

  private String tokenOfOthers(String path) throws IOException {
    List<String> below = place.publishedBelow(path).stream().map(PartitionManifest::token).toList();
    return below.isEmpty()
        ? FOREIGN
        : PARTITIONS + UUID.nameUUIDFromBytes(OutputPlace.utf8(String.join("\n", below)));
  }

  /** Returns whether a run, dead or alive, has begun to move this directory and has not ended. */
  private boolean isBeingMoved(String path) throws IOException {
    for (String name : place.unfinished()) {
      try {
        RunDirectory run = new RunDirectory(place, name);
        if (run.isSwapping()
            && run.swapping().stream()
                .anyMatch(one -> one.partition().equals(path) || one.others().contains(path))) {
          return true;
        }
      } catch (NoSuchFileException e) {
        // The run has ended meanwhile.
      }
    }

    return false;
  }
}
