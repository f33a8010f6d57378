package io.paritree.spark.input;

import io.paritree.feature.Utf8;
import io.paritree.record.CsvLines;
import io.paritree.record.RecordFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The lines of CSV files as the rows of a Dataset, for queries: cells as texts, of which empty ones
 * are null, and {@link #MALFORMED}. What is malformed is the same as for the job, whose tasks read
 * lines by themselves.
 *
 * @param names the columns that are read
 * @param carried those that must be UTF-8
 * @param hadoop settings of Hadoop's client
 */
public record CsvLineRows(
    ArrayList<String> names, HashSet<String> carried, HashMap<String, String> hadoop)
    implements FlatMapFunction<String, Row> {
  /** Whether a line is no record: its cells, or their bytes, are not those of a line. */
  public static final String MALFORMED = "malformed line";

  /** Returns the rows of files. */
  public static Dataset<Row> of(
      SparkSession session, List<ReadColumn> columns, Set<String> carried, List<InputFile> files) {
    ArrayList<String> names = new ArrayList<>(columns.stream().map(ReadColumn::name).toList());
    StructType bytes = new StructType();
    List<Column> texts = new ArrayList<>();
    for (String name : names) {
      String own = "c" + texts.size();
      bytes = bytes.add(own, DataTypes.BinaryType);
      texts.add(functions.col(own).cast(DataTypes.StringType).as(name));
    }

    bytes = bytes.add(MALFORMED, DataTypes.BooleanType, false);
    texts.add(functions.col(MALFORMED));
    CsvLineRows lines =
        new CsvLineRows(
            names, new HashSet<>(carried), new HashMap<>(HadoopPaths.settingsByName(session)));
    List<String> paths = files.stream().map(file -> HadoopPaths.text(file.location())).toList();
    JavaSparkContext context = new JavaSparkContext(session.sparkContext());
    return session
        .createDataFrame(
            context.parallelize(paths, Math.max(1, paths.size())).flatMap(lines), bytes)
        .select(texts.toArray(Column[]::new));
  }

  @Override
  public Iterator<Row> call(String file) throws IOException, RecordFormatException {
    Configuration configuration = new Configuration(false);
    hadoop.forEach(configuration::set);
    Path path = new Path(file);
    return new Lines(CsvFiles.open(path, path.getName(), configuration));
  }

  /** The lines of a file. Not thread-safe. */
  private final class Lines implements Iterator<Row> {
    private final CsvLines lines;
    private final int[] cells = new int[names.size()];
    private boolean isNext;

    private Lines(CsvLines lines) throws IOException, RecordFormatException {
      this.lines = lines;
      TaskContext task = TaskContext.get();
      task.addTaskCompletionListener((TaskCompletionListener) ended -> closeQuietly());
      List<String> header = lines.columns();
      for (int column = 0; column < cells.length; column++) {
        cells[column] = header.indexOf(names.get(column));
        if (cells[column] < 0 && !header.isEmpty()) {
          throw new IOException("its header has no column '%s'".formatted(names.get(column)));
        }
      }

      isNext = !header.isEmpty() && lines.next();
    }

    @Override
    public boolean hasNext() {
      return isNext;
    }

    @Override
    public Row next() {
      if (!isNext) {
        throw new NoSuchElementException();
      }

      Object[] row = new Object[cells.length + 1];
      boolean isWhole = lines.cells() == lines.columns().size();
      for (int column = 0; column < cells.length; column++) {
        byte[] cell = lines.copy(cells[column]);
        isWhole &= !carried.contains(names.get(column)) || Utf8.isWellFormed(cell, 0, cell.length);
        row[column] = cell.length == 0 ? null : cell;
      }

      row[cells.length] = !isWhole;
      for (int column = 0; column < cells.length && !isWhole; column++) {
        String text = lines.text(cells[column]); // as the job quarantines it
        row[column] = text.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8);
      }

      try {
        isNext = lines.next();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (RecordFormatException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }

      return RowFactory.create(row);
    }

    private void closeQuietly() {
      try {
        lines.close();
      } catch (IOException e) {
        // The file was only read.
      }
    }
  }
}
