package io.paritree.spark;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * Reads the partitions of an output again and again, as a reader does that knows nothing about
 * Paritree: it lists the Parquet files and reads their footers. It lists all the time, and reads
 * where the list is another one: to read the same footers again would take one of the cores.
 *
 * <p>A read during which a file disappears does not count: such a reader fails and reads again. On
 * a store that moves files one by one, it reads what has {@code _SUCCESS}, and what changes during
 * the read does not count. Each partition must be absent, or hold all rows of one run; the sequence
 * of these states is recorded.
 */
final class OutputReader implements AutoCloseable {
  private static final Pattern RUN = Pattern.compile("\"paritree\\.run\":\"([^\"]*)\"");

  private final Path output;
  private final FileSystem files;
  private final List<String> partitions;
  private final long rowsPerPartition;
  private final Configuration hadoop;
  private final boolean waitsForSuccess;
  private final AtomicLong looks = new AtomicLong();
  private final Map<String, List<String>> histories = new ConcurrentHashMap<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Semaphore turn = new Semaphore(1);
  private final Map<String, Set<String>> lists = new HashMap<>(); // of what was read, by partition
  private final Set<String> violations = new HashSet<>();
  private final Thread thread = new Thread(this::look, "reader");

  OutputReader(Location output, List<String> partitions, long rowsPerPartition) throws IOException {
    this.hadoop = new Configuration(!output.isLocal());
    this.waitsForSuccess = !FileStore.of(output).renamesDirectoriesWhole(output);
    this.output = HadoopPaths.of(output);
    this.files = this.output.getFileSystem(hadoop);
    this.partitions = partitions;
    this.rowsPerPartition = rowsPerPartition;
    thread.start();
  }

  private void look() {
    while (!ended.get()) {
      for (String partition : partitions) {
        turn.acquireUninterruptibly();
        try {
          Set<String> list = list(partition);
          if (!list.equals(lists.get(partition))) {
            remember(partition, seen(partition));
            lists.put(partition, list);
          }

          looks.incrementAndGet();
        } catch (IOException | RuntimeException e) {
          // Files disappeared during this read.
        } finally {
          turn.release();
        }
      }

      LockSupport.parkNanos(2_000_000);
    }
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

  /** Returns the one permit that the reader holds while it reads a partition. */
  Semaphore turn() {
    return turn;
  }

  private void remember(String partition, String seen) {
    List<String> history = histories.computeIfAbsent(partition, name -> new ArrayList<>());
    if (history.isEmpty() || !history.get(history.size() - 1).equals(seen)) {
      history.add(seen);
    }
  }

  /**
   * Returns the runs whose rows a partition has held, in the order in which they were seen; an
   * empty text for a time when it was absent. To be called after {@link #end}.
   */
  List<String> history(String partition) {
    return histories.getOrDefault(partition, List.of());
  }

  /**
   * Returns the run whose rows a partition holds; empty if it is absent.
   *
   * @throws IOException if files disappeared meanwhile
   */
  String seen(String partition) throws IOException {
    if (!waitsForSuccess) {
      return seenNow(partition);
    }

    Path marks = new Path(output, partition);
    String before = successOf(marks);
    if (before.isEmpty()) {
      return "";
    }

    Set<String> known = violations();
    String seen = seenNow(partition);
    if (!successOf(marks).equals(before)) {
      synchronized (violations) {
        violations.retainAll(known);
      }

      throw new FileNotFoundException("The files of %s were replaced".formatted(partition));
    }

    return seen;
  }

  /** Returns when the files that are complete were complete; empty if they are not. */
  private String successOf(Path partition) throws IOException {
    try {
      return files.getFileStatus(new Path(partition, "_SUCCESS")).getModificationTime()
          + " "
          + files.getFileStatus(new Path(partition, "_paritree.json")).getModificationTime();
    } catch (FileNotFoundException e) {
      return "";
    }
  }

  private String seenNow(String partition) throws IOException {
    FileStatus[] found;
    try {
      found = files.listStatus(new Path(output, partition));
    } catch (FileNotFoundException e) {
      return "";
    }

    Set<String> runs = new HashSet<>();
    long rows = 0;
    for (FileStatus file : found) {
      if (!file.getPath().getName().endsWith(".parquet")) {
        continue;
      }

      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromPath(file.getPath(), hadoop))) {
        rows += reader.getRecordCount();
        String metadata = reader.getFileMetaData().getKeyValueMetaData().toString();
        Matcher run = RUN.matcher(metadata);
        runs.add(run.find() ? run.group(1) : "?");
      }
    }

    // Hadoop lists the names first, and then leaves out those that no longer exist.
    if (runs.isEmpty() && holdsRows(partition)) {
      throw new FileNotFoundException("The files of %s disappeared".formatted(partition));
    }

    if (runs.size() != 1 || rows != rowsPerPartition) {
      synchronized (violations) {
        violations.add("%s holds %s rows of %s".formatted(partition, rows, runs));
      }
    }

    return String.join(",", runs);
  }

  private boolean holdsRows(String partition) throws IOException {
    return Arrays.stream(files.listStatus(new Path(output, partition)))
        .anyMatch(file -> file.getPath().getName().endsWith(".parquet"));
  }

  long looks() {
    return looks.get();
  }

  Set<String> violations() {
    synchronized (violations) {
      return Set.copyOf(violations);
    }
  }

  @Override
  public void close() {
    end();
  }

  /** Stops reading, and waits until the reading thread has ended. */
  void end() {
    ended.set(true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
