package io.paritree.spark.rows;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The files of scored rows that one task attempt writes, one per partition at a time.
 *
 * <p>A task may read files of many partitions in any order. At most 16 files are open; the one that
 * was used longest ago is closed for another. Not thread-safe.
 */
final class ScoredFiles {
  private static final int MAX_OPEN = 16;

  private final ParquetWriters writers;
  private final Path directory;
  private final String attempt;
  private final String prefix;
  private final long rowsPerFile;
  private final Map<String, ParquetWriters.File> open = new LinkedHashMap<>(16, 0.75f, true);
  private final List<WrittenFile> written = new ArrayList<>();
  private int opened;

  /**
   * @param directory the attempt's directory
   * @param attempt its name below the run's directory of tasks
   * @param prefix the beginning of the files' names, unique for the attempt
   * @param rowsPerFile most rows of a file
   */
  ScoredFiles(
      ParquetWriters writers, Path directory, String attempt, String prefix, long rowsPerFile) {
    this.writers = writers;
    this.directory = directory;
    this.attempt = attempt;
    this.prefix = prefix;
    this.rowsPerFile = rowsPerFile;
  }

  /** Returns the file that takes the partition's next row. */
  ParquetWriters.File file(String partition) {
    ParquetWriters.File file = open.get(partition);
    if (file != null && file.rows() >= rowsPerFile) {
      open.remove(partition);
      close(partition, file);
      file = null;
    }

    return file != null ? file : open(partition);
  }

  private ParquetWriters.File open(String partition) {
    if (open.size() >= MAX_OPEN) {
      Iterator<Map.Entry<String, ParquetWriters.File>> oldest = open.entrySet().iterator();
      Map.Entry<String, ParquetWriters.File> entry = oldest.next();
      oldest.remove();
      close(entry.getKey(), entry.getValue());
    }

    String name = "%s-%03d".formatted(prefix, opened++).replaceAll("[^A-Za-z0-9-]", "0");
    ParquetWriters.File file = writers.open(new Path(directory, name + writers.extension()));
    open.put(partition, file);
    return file;
  }

  void write(String partition, InternalRow row) {
    file(partition).write(row);
  }

  private void close(String partition, ParquetWriters.File file) {
    file.close();
    written.add(new WrittenFile(attempt + "/" + file.name(), partition, file.rows()));
  }

  /** Closes all files, and returns all that were written. */
  List<WrittenFile> close() {
    open.forEach(this::close);
    open.clear();
    return written;
  }
}
