package io.paritree.spark.task;

import io.paritree.feature.Utf8;
import io.paritree.record.CsvLines;
import io.paritree.record.RecordFormatException;
import io.paritree.spark.input.CsvFiles;
import io.paritree.spark.input.ReadColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.executor.InputMetrics;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The lines of CSV files as blocks. The reader is the one that the model command and the server
 * use, so lines, cells and missing values mean the same in all three.
 *
 * <p>A row has the cells of the plan's file columns, then its index in its file, then the text of
 * its line if that is malformed. If a file cannot be read to its end, the others are still read, so
 * that all such files are reported together. Not thread-safe.
 */
public final class CsvSource implements BlockSource {
  private final TaskPlan plan;
  private final Iterator<InternalRow> files;
  private final Configuration hadoop;
  private final List<ReadColumn> columns;
  private final boolean[] isCarried;
  private final int[] cells;
  private final RowBlock block;
  private final TaskContext task = TaskContext.get();
  private final InputMetrics metrics = task.taskMetrics().inputMetrics();
  private final List<String> unreadable = new ArrayList<>();
  private long left;
  private CsvLines lines;
  private String name = "";
  private long index;
  private UTF8String file = UTF8String.EMPTY_UTF8;

  /**
   * @param files rows with one column, the path of a file as text
   * @param block receives rows of the form that the class comment describes
   * @param limit maximum number of rows to read
   */
  public CsvSource(
      TaskPlan plan,
      Iterator<InternalRow> files,
      Configuration hadoop,
      RowBlock block,
      long limit) {
    this.plan = plan;
    this.block = block;
    this.files = files;
    this.hadoop = hadoop;
    this.left = limit;
    this.columns = plan.fileColumns();
    this.isCarried = new boolean[columns.size()];
    for (int carried : plan.output().carried()) {
      if (!plan.column(carried).isPartition()) {
        isCarried[carried] = true;
      }
    }

    this.cells = new int[columns.size()];
    task.addTaskCompletionListener((TaskCompletionListener) ended -> closeQuietly());
  }

  @Override
  public InputBlock next() throws IOException {
    task.killTaskIfInterrupted();
    block.clear();
    while (block.rows() == 0 && left > 0 && (lines != null || files.hasNext())) {
      try {
        if (lines == null) {
          open(new Path(files.next().getUTF8String(0).toString()));
        }

        fill();
      } catch (RecordFormatException e) {
        unreadable.add(e.getMessage());
        close();
      } catch (IOException | RuntimeException | InternalError | FSError e) {
        String place = lines == null ? "" : " after line " + lines.number();
        throw new IOException("Cannot read %s%s: %s".formatted(name, place, e), e);
      }
    }

    return block.rows() == 0 ? null : block;
  }

  @Override
  public UTF8String file() {
    return file;
  }

  @Override
  public List<String> unreadable() {
    return unreadable;
  }

  private void open(Path path) throws IOException, RecordFormatException {
    String uri = path.toUri().toString();
    file = UTF8String.fromString(uri);
    name = SourceFile.of(uri, plan.input().root()).name();
    index = 0;
    lines = CsvFiles.open(path, name, hadoop);
    List<String> names = columns.stream().map(ReadColumn::name).toList();
    List<String> header = lines.columns();
    for (int column = 0; column < cells.length && !header.isEmpty(); column++) {
      cells[column] = header.indexOf(names.get(column));
      if (cells[column] < 0 || cells[column] < header.lastIndexOf(names.get(column))) {
        throw new IOException(
            "its header no longer names column '%s' exactly once; it has changed since the check"
                .formatted(names.get(column)));
      }
    }
  }

  /** Reads lines until the block is full, the limit is reached, or the file ends. */
  private void fill() throws IOException, RecordFormatException {
    while (left > 0 && !block.isFull()) {
      if (!lines.next()) {
        close();
        return;
      }

      block.add(row());
      index++;
      left--;
    }
  }

  private void close() throws IOException {
    if (lines != null) {
      // Spark has counted the file itself as one record.
      metrics.incRecordsRead(index - 1);
      lines.close();
      lines = null;
    }
  }

  private InternalRow row() {
    Object[] row = new Object[cells.length + 2];
    boolean isWhole = lines.cells() == lines.columns().size();
    for (int column = 0; column < cells.length; column++) {
      byte[] cell = lines.copy(cells[column]);
      isWhole &= !isCarried[column] || Utf8.isWellFormed(cell, 0, cell.length);
      row[column] = cell.length == 0 ? null : UTF8String.fromBytes(cell);
    }

    row[cells.length] = index;
    row[cells.length + 1] = isWhole ? null : UTF8String.fromString(lines.line());
    return new GenericInternalRow(row);
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // The file was only read.
    }
  }
}
