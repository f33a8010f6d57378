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
 * <p>A task may read files of many partitions in any order, and the rows of a partition go to one
 * file until it is full. At most 16 files are open; the one that was used longest ago is closed for
 * another. Not thread-safe.
 */
final class ScoredFiles {
  private static final int MAX_OPEN = 16;

  private final TaskPlan plan;
  private final ParquetWriters writers;
  private final Path directory;
  private final String attempt;
  private final String prefix;
  private final Map<String, Open> open = new LinkedHashMap<>(16, 0.75f, true);
  private final List<WrittenFile> written = new ArrayList<>();
  private int opened;

  /** The file that took the last row, and its partition: that of nearly all next rows. */
  private Open last;

  private String lastPartition;

  /** A file that takes rows: at once, or sorted when it is full. */
  private final class Open {
    private final ParquetWriters.File file;
    private final SortedRows sorted;
    private long rows;

    private Open(ParquetWriters.File file) {
      this.file = file;
      this.sorted =
          plan.sortedColumns() == 0 ? null : new SortedRows(plan.output(), plan.sortedColumns());
    }

    private void write(InternalRow row) {
      rows++;
      if (sorted == null) {
        file.write(row);
      } else {
        sorted.add(row);
      }
    }

    private void close(String partition) {
      if (sorted != null) {
        sorted.writeTo(file);
      }

      file.close();
      written.add(new WrittenFile(attempt + "/" + file.name(), partition, rows));
    }
  }

  /**
   * @param directory the attempt's directory
   * @param attempt its name below the run's directory of tasks
   * @param prefix the beginning of the files' names, unique for the attempt
   */
  ScoredFiles(
      TaskPlan plan, ParquetWriters writers, Path directory, String attempt, String prefix) {
    this.plan = plan;
    this.writers = writers;
    this.directory = directory;
    this.attempt = attempt;
    this.prefix = prefix;
  }

  void write(String partition, InternalRow row) {
    if (!partition.equals(lastPartition) || last.rows >= plan.rowsPerFile()) {
      last = next(partition);
      lastPartition = partition;
    }

    last.write(row);
  }

  private Open next(String partition) {
    Open file = open.get(partition);
    if (file != null && file.rows >= plan.rowsPerFile()) {
      open.remove(partition);
      file.close(partition);
      file = null;
    }

    return file != null ? file : open(partition);
  }

  private Open open(String partition) {
    if (open.size() >= MAX_OPEN) {
      Iterator<Map.Entry<String, Open>> oldest = open.entrySet().iterator();
      Map.Entry<String, Open> entry = oldest.next();
      oldest.remove();
      entry.getValue().close(entry.getKey());
    }

    String number = String.valueOf(opened++);
    String name = prefix + "-" + "0".repeat(Math.max(0, 3 - number.length())) + number;
    Open file = new Open(writers.open(new Path(directory, name + writers.extension())));
    open.put(partition, file);
    return file;
  }

  /** Closes all files, and returns all that were written. */
  List<WrittenFile> close() {
    open.forEach((partition, file) -> file.close(partition));
    open.clear();
    return written;
  }
}
