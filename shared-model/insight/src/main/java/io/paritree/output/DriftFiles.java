package io.paritree.output;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of what the rows of a run's partitions are like: {@code drift.json}, and for many
 * partitions also {@code drift-2.json} and so on, each a {@link RunDrift} by itself. Partitions are
 * in the order of {@link PartitionValue#ORDER}. A file has no further partition once it has 4 MiB,
 * so neither who writes nor who reads holds more of them at once.
 *
 * @param directory of the run's report
 * @param contents reads a file
 */
public record DriftFiles(Location directory, FileStore store, Contents contents) {
  /** The most bytes of a file that is read: full before its last partition, and that one. */
  public static final int MAX_BYTES = 16 << 20;

  private static final int FULL = 4 << 20;
  private static final Pattern FURTHER = Pattern.compile("drift-([2-9]|[1-9][0-9]{1,8})\\.json");

  /** Reads a file of at most {@link #MAX_BYTES}, or remembers it: no file changes. */
  @FunctionalInterface
  public interface Contents {
    byte[] of(Location file) throws IOException;
  }

  /**
   * Writes the files.
   *
   * @param directory of the run's report
   * @param partitions in any order
   */
  public static void write(FileStore store, Location directory, List<RunDrift.Partition> partitions)
      throws IOException {
    Iterator<RunDrift.Partition> left =
        partitions.stream()
            .sorted(Comparator.comparing(RunDrift.Partition::path, PartitionValue.ORDER))
            .iterator();
    int number = 1;
    do {
      store.replace(file(directory, number), RunDrift.next(left, FULL));
      number++;
    } while (left.hasNext());
  }

  private static Location file(Location directory, int number) {
    return directory.resolve(
        number == 1 ? StateDirectory.DRIFT : "drift-%s.json".formatted(number));
  }

  /**
   * Returns what the files have of some partitions, by their names.
   *
   * @throws java.nio.file.NoSuchFileException if there are no files
   * @throws DamagedFileException if one is something else
   * @throws UnfitFileException if one is too long
   */
  public Map<String, RunDrift.Partition> partitions(Set<String> paths) throws IOException {
    Location first = file(directory, 1);
    byte[] content = contents.of(first);
    Map<String, RunDrift.Partition> found =
        new HashMap<>(RunDrift.partitions(content, first.toString(), paths));
    if (found.size() < paths.size() && content.length >= FULL) {
      NavigableSet<String> others = new TreeSet<>(PartitionValue.ORDER);
      others.addAll(paths);
      others.removeAll(found.keySet());
      find(2, last(), others, found);
    }

    return found;
  }

  /** Returns what the files have of a partition, as {@link #partitions} does. */
  public Optional<RunDrift.Partition> partition(String path) throws IOException {
    return Optional.ofNullable(partitions(Set.of(path)).get(path));
  }

  /** Adds what some of the files have to what was found: the middle one says where others are. */
  private void find(
      int from, int to, NavigableSet<String> paths, Map<String, RunDrift.Partition> found)
      throws IOException {
    if (paths.isEmpty() || from > to) {
      return;
    }

    int middle = (from + to) >>> 1;
    Location file = file(directory, middle);
    byte[] content = contents.of(file);
    List<String> names = RunDrift.names(content, file.toString());
    String first = names.get(0);
    String last = names.get(names.size() - 1);
    if (PartitionValue.ORDER.compare(first, last) > 0) {
      throw new DamagedFileException(
          "Cannot read %s: its partition %s comes before %s, which is not their order"
              .formatted(file, first, last));
    }

    NavigableSet<String> own = paths.subSet(first, true, last, true);
    if (!own.isEmpty()) {
      found.putAll(RunDrift.partitions(content, file.toString(), own));
    }

    find(from, middle - 1, paths.headSet(first, false), found);
    find(middle + 1, to, paths.tailSet(last, false), found);
  }

  private int last() throws IOException {
    int[] further =
        store.list(directory).stream()
            .map(entry -> FURTHER.matcher(entry.location().name()))
            .filter(Matcher::matches)
            .mapToInt(name -> Integer.parseInt(name.group(1)))
            .toArray();
    int last = Arrays.stream(further).max().orElse(1);
    if (further.length != last - 1) {
      throw new DamagedFileException(
          "Cannot read the drift in %s: drift-%s.json is there, but not all files before it"
              .formatted(directory, last));
    }

    return last;
  }
}
