package io.paritree.spark.run;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.parquet.io.LocalInputFile;

/**
 * The view where the files of a partition are moved one by one: of a reader that waits for {@code
 * _SUCCESS} and {@code _paritree.json}. It lists the whole output at once; what it lists of a
 * partition counts if both are the same before and after. Three lists in a row take less time than
 * a recovery needs to start, which could put back what was there.
 */
final class ObjectView implements ReaderView {
  private static final Set<String> MARKS = Set.of("_SUCCESS", "_paritree.json");

  /** A list takes as long as hundreds of partitions need: one part in so many of the time. */
  private static final int TIME_OF_LOOKS = 8;

  private final StoredObjects objects;
  private final String output;
  private final List<String> partitions;
  private final PartitionRows rows;
  private final Map<String, PartitionRows.Footer> footers = new HashMap<>(); // by their tags
  private final Map<String, Map<String, String>> reported = new HashMap<>(); // lists, by partition
  private volatile Duration pause = Duration.ZERO;

  /**
   * @param output its path below the directory of the objects
   */
  ObjectView(StoredObjects objects, String output, List<String> partitions, long rowsPerPartition) {
    this.objects = objects;
    this.output = output;
    this.partitions = partitions;
    this.rows = new PartitionRows(rowsPerPartition);
  }

  @Override
  public int look(Sight sight) {
    long begin = System.nanoTime();
    try {
      return lookNow(sight);
    } finally {
      pause = Duration.ofNanos((TIME_OF_LOOKS - 1) * (System.nanoTime() - begin));
    }
  }

  private int lookNow(Sight sight) {
    try {
      Map<String, Map<String, String>> before = objects.list(output, partitions);
      if (before.equals(reported)) {
        return partitions.size();
      }

      Map<String, Map<String, String>> now = objects.list(output, partitions);
      Map<String, List<PartitionRows.Footer>> held = new HashMap<>();
      for (String partition : partitions) {
        Map<String, String> files = now.get(partition);
        if (!files.equals(reported.get(partition))
            && marks(files).equals(marks(before.get(partition)))) {
          footers(partition, files).ifPresent(own -> held.put(partition, own));
        }
      }

      Map<String, Map<String, String>> after = objects.list(output, partitions);
      held.forEach(
          (partition, own) -> {
            Map<String, String> files = now.get(partition);
            if (marks(files).equals(marks(after.get(partition)))) {
              sight.of(partition, run(partition, files, own));
              reported.put(partition, files);
            }
          });
    } catch (IOException | RuntimeException e) {
      return 0; // files disappeared meanwhile
    }

    return partitions.size();
  }

  private static Map<String, String> marks(Map<String, String> files) {
    Map<String, String> marks = new HashMap<>(files);
    marks.keySet().retainAll(MARKS);
    return marks;
  }

  @Override
  public Duration pause() {
    return pause;
  }

  /** Sees what the last copy has. */
  @Override
  public Map<String, String> now() throws IOException {
    Map<String, Map<String, String>> lists =
        StoredObjects.byPartition(objects.copied(), output, partitions);
    Map<String, String> now = new TreeMap<>();
    for (String partition : partitions) {
      Map<String, String> files = lists.get(partition);
      now.put(partition, run(partition, files, read(partition, files)));
    }

    return now;
  }

  @Override
  public Set<String> violations() {
    return rows.violations();
  }

  /** Returns the footers of a partition's files; empty if they are other ones by now. */
  private Optional<List<PartitionRows.Footer>> footers(
      String partition, Map<String, String> files) {
    try {
      return Optional.of(read(partition, files));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private List<PartitionRows.Footer> read(String partition, Map<String, String> files)
      throws IOException {
    List<PartitionRows.Footer> footers = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (isPublished(files) && file.getKey().endsWith(".parquet")) {
        footers.add(
            footer("%s/%s/%s".formatted(output, partition, file.getKey()), file.getValue()));
      }
    }

    return footers;
  }

  private String run(
      String partition, Map<String, String> files, List<PartitionRows.Footer> footers) {
    return isPublished(files) ? rows.run(partition, footers) : "";
  }

  private static boolean isPublished(Map<String, String> files) {
    return files.keySet().containsAll(MARKS);
  }

  private synchronized PartitionRows.Footer footer(String path, String tag) throws IOException {
    PartitionRows.Footer known = footers.get(tag);
    if (known == null) {
      known = PartitionRows.Footer.of(new LocalInputFile(objects.content(path, tag)));
      footers.put(tag, known);
    }

    return known;
  }
}
