package io.paritree.spark.files;

import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.task.WrittenFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The files of scored rows that one task attempt writes, one at a time.
 *
 * <p>The rows of a partition arrive one after the other, because {@code FilesInOrder} orders the
 * files that they are read from, and go to one file until it is full. If they arrive in another
 * order, the only effect is that there are more files. So no task needs memory for more than one
 * file, or for sorting the rows of more than one partition. Not thread-safe.
 */
public final class ScoredFiles {
  /** Rows between two checks of a file's length. */
  private static final int ROWS_BETWEEN_LOOKS = 1_000;

  private final TaskPlan plan;
  private final ParquetWriters writers;
  private final Path directory;
  private final String attempt;
  private final String prefix;
  private final List<WrittenFile> written = new ArrayList<>();
  private int created;

  /** The partition of the last row; nearly all rows belong to the same one as the row before. */
  private String partition;

  /** Rows that are collected before they are written; null if there are none. */
  private SortedRows sorted;

  private long gathered;
  private ParquetFile file;

  /**
   * @param directory the attempt's directory; the files of a table are written to the table's
   * @param attempt the attempt's name below the run's directory of tasks
   * @param prefix the beginning of the files' names, unique for the attempt
   */
  public ScoredFiles(
      TaskPlan plan, ParquetWriters writers, Path directory, String attempt, String prefix) {
    this.plan = plan;
    this.writers = writers;
    this.directory = directory;
    this.attempt = attempt;
    this.prefix = prefix;
  }

  public void write(String to, InternalRow row) {
    if (!to.equals(partition)) {
      finish();
      partition = to;
    }

    if (plan.files().sortedColumns() == 0) {
      put(row);
      return;
    }

    if (gathered == plan.files().maxRows()) {
      finish();
    }

    if (sorted == null) {
      sorted = new SortedRows(plan.output().columns(), plan.files().sortedColumns());
    }

    sorted.add(row);
    gathered++;
  }

  private void put(InternalRow row) {
    if (file != null && isFull()) {
      closeFile();
    }

    if (file == null) {
      file = create();
    }

    file.write(row);
  }

  private boolean isFull() {
    return file.rows() >= plan.files().maxRows()
        || (file.rows() % ROWS_BETWEEN_LOOKS == 0 && file.bytes() >= plan.files().maxBytes());
  }

  /** Writes the rows that are collected, and closes the file. */
  private void finish() {
    if (sorted != null) {
      sorted.writeTo(this::put);
      sorted = null;
      gathered = 0;
    }

    if (file != null) {
      closeFile();
    }
  }

  private void closeFile() {
    file.close();
    String path = file.name();
    if (plan.files().table() == null) {
      path = attempt + "/" + path;
    } else if (!partition.isEmpty()) {
      path = partition + "/" + path;
    }

    written.add(new WrittenFile(path, partition, file.rows(), file.sha256()));
    file = null;
  }

  private ParquetFile create() {
    String name = String.format(Locale.ROOT, "%s-%03d", prefix, created++);
    Path to = directory;
    if (plan.files().table() != null) {
      Path table = new Path(plan.files().table());
      to = partition.isEmpty() ? table : new Path(table, partition);
    }

    return writers.open(new Path(to, name + writers.extension()));
  }

  /** Closes the last file, and returns all that were written. */
  public List<WrittenFile> close() {
    finish();
    return written;
  }
}
