package io.paritree.spark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.parquet.io.LocalInputFile;

/**
 * The view where the files of a partition are moved one by one: of a reader that waits for {@code
 * _SUCCESS} and {@code _paritree.json}. It lists the whole output at once; a partition whose list
 * is the same twice in a row was so at one moment between the two.
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
  private final Map<String, Map<String, String>> told = new HashMap<>(); // lists, by partition
  private Map<String, Map<String, String>> before = Map.of();
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
    Map<String, Map<String, String>> now;
    try {
      now = objects.list(output, partitions);
    } catch (IOException e) {
      return 0; // files disappeared meanwhile
    }

    for (String partition : partitions) {
      Map<String, String> files = now.get(partition);
      if (files.equals(before.get(partition)) && !files.equals(told.get(partition))) {
        try {
          sight.of(partition, seen(partition, files));
          told.put(partition, files);
        } catch (IOException e) {
          // The files are other ones by now.
        }
      }
    }

    before = now;
    return partitions.size();
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
      now.put(partition, seen(partition, lists.get(partition)));
    }

    return now;
  }

  @Override
  public Set<String> violations() {
    return rows.violations();
  }

  private String seen(String partition, Map<String, String> files) throws IOException {
    if (!files.keySet().containsAll(MARKS)) {
      return "";
    }

    List<PartitionRows.Footer> own = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (file.getKey().endsWith(".parquet")) {
        own.add(footer("%s/%s/%s".formatted(output, partition, file.getKey()), file.getValue()));
      }
    }

    return rows.run(partition, own);
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
