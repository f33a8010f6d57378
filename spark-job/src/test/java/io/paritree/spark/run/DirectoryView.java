package io.paritree.spark.run;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.Location;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** The view where partitions are directories that appear in one step: each is listed by itself. */
final class DirectoryView implements ReaderView {
  private final Path output;
  private final FileSystem files;
  private final List<String> partitions;
  private final PartitionRows rows;
  private final Configuration hadoop;
  private final Map<String, Set<String>> reported = new HashMap<>(); // lists, by partition

  DirectoryView(Location output, List<String> partitions, long rowsPerPartition)
      throws IOException {
    this.hadoop = new Configuration(!output.isLocal());
    this.output = HadoopPaths.of(output);
    this.files = this.output.getFileSystem(hadoop);
    this.partitions = partitions;
    this.rows = new PartitionRows(rowsPerPartition);
  }

  @Override
  public int look(Sight sight) {
    int looks = 0;
    for (String partition : partitions) {
      try {
        Set<String> list = list(partition);
        if (!list.equals(reported.get(partition))) {
          sight.of(partition, seen(partition));
          reported.put(partition, list);
        }

        looks++;
      } catch (IOException | RuntimeException e) {
        // Files disappeared during this read.
      }
    }

    return looks;
  }

  @Override
  public Duration pause() {
    return Duration.ofMillis(2);
  }

  @Override
  public Map<String, String> now() throws IOException {
    Map<String, String> now = new TreeMap<>();
    for (String partition : partitions) {
      now.put(partition, seen(partition));
    }

    return now;
  }

  @Override
  public Set<String> violations() {
    return rows.violations();
  }

  /** Returns the files of a partition, each with its length and the time when it was written. */
  private Set<String> list(String partition) throws IOException {
    try {
      return Arrays.stream(files.listStatus(new Path(output, partition)))
          .map(
              file ->
                  "%s %s %s"
                      .formatted(
                          file.getPath().getName(), file.getLen(), file.getModificationTime()))
          .collect(Collectors.toSet());
    } catch (FileNotFoundException e) {
      return Set.of();
    }
  }

  private String seen(String partition) throws IOException {
    FileStatus[] found;
    try {
      found = files.listStatus(new Path(output, partition));
    } catch (FileNotFoundException e) {
      return "";
    }

    List<PartitionRows.Footer> footers = new ArrayList<>();
    for (FileStatus file : found) {
      if (file.getPath().getName().endsWith(".parquet")) {
        footers.add(PartitionRows.Footer.of(HadoopInputFile.fromPath(file.getPath(), hadoop)));
      }
    }

    // Hadoop lists the names first, and then leaves out those that no longer exist.
    if (footers.isEmpty() && holdsRows(partition)) {
      throw new FileNotFoundException("The files of %s disappeared".formatted(partition));
    }

    return rows.run(partition, footers);
  }

  private boolean holdsRows(String partition) throws IOException {
    return Arrays.stream(files.listStatus(new Path(output, partition)))
        .anyMatch(file -> file.getPath().getName().endsWith(".parquet"));
  }
}
