package io.paritree.spark.history;

import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.files.ParquetFile;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.formats.AskedFormat;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.tables.TableToWrite;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table that runs append rows to, and never rewrite: a directory of Parquet files, or a table
 * that is there.
 *
 * @param content what the rows say, in a word
 * @param option that names the table
 * @param columns each may have nulls
 */
public record HistoryTable(TableToWrite table, String content, String option, StructType columns) {
  static final int PART_ROWS = 200_000;

  /** A directory that shows no table is one of files. */
  private boolean isParquet(SparkSession session) throws IOException {
    return table.isPath() && !AskedFormat.hasTable(table.name(), HadoopPaths.settings(session));
  }

  /**
   * Checks that the table is there and has the columns; a directory of files has them.
   *
   * @throws RefusedException if it is not, or has not
   */
  public void check(SparkSession session) throws RefusedException, IOException {
    if (isParquet(session)) {
      return;
    }

    List<String> wrong = wrong(AskedFormat.AUTO.columns(session, table));
    if (!wrong.isEmpty()) {
      throw table.refused(
          "it %s%s; %s needs a table with the columns of %s"
              .formatted(
                  wrong.get(0),
                  wrong.size() == 1
                      ? ""
                      : ", and %s other columns do not fit".formatted(wrong.size() - 1),
                  option,
                  content));
    }
  }

  /** Returns how columns of a table do not fit, whatever their case. Others are left alone. */
  private List<String> wrong(StructType found) {
    Map<String, StructField> fields = byName(found);
    List<String> wrong = new ArrayList<>();
    for (StructField column : columns.fields()) {
      StructField own = fields.get(column.name().toLowerCase(Locale.ROOT));
      if (own == null) {
        wrong.add("has no column " + column.name());
      } else if (!own.dataType().equals(column.dataType())) {
        wrong.add(
            "has the column %s as %s, where %s is expected"
                .formatted(
                    column.name(),
                    own.dataType().simpleString(),
                    column.dataType().simpleString()));
      }
    }

    return wrong;
  }

  /**
   * Returns why the place of the table cannot be used, beside places of the run; empty if it can.
   */
  public Stream<String> problems(Map<String, String> hadoop, List<Location> places)
      throws IOException {
    if (!table.isPath()) {
      return Stream.of();
    }

    Location given = FileStore.located(table.name(), hadoop);
    Location real = FileStore.of(given, hadoop).real(given);
    List<Location> near = new ArrayList<>();
    for (Location place : places) {
      Location other = FileStore.of(place, hadoop).real(place);
      if (other.holds(real) || real.holds(other)) {
        near.add(place);
      }
    }

    return near.stream()
        .map(
            place ->
                "Cannot write %s to %s: it and %s are one inside the other; give %s a place of its own"
                    .formatted(content, given, place, option));
  }

  /**
   * Appends rows, very many of them in parts.
   *
   * @param name of the run, which no other run has
   * @param parts that the run has appended before
   * @param rows values in the order of the columns
   * @return the parts that it has appended now
   */
  public int append(SparkSession session, String name, int parts, Iterator<Object[]> rows)
      throws RefusedException, IOException, AnalysisException {
    boolean isParquet = isParquet(session);
    int part = parts;
    while (rows.hasNext()) {
      part++;
      if (isParquet) {
        writeFile(session, "%s%s.parquet".formatted(name, part == 1 ? "" : "." + part), rows);
      } else {
        append(session, rows);
      }
    }

    return part;
  }

  /**
   * Appends rows, as Spark's tasks have them.
   *
   * @param rows with the columns, in their order
   */
  public void append(SparkSession session, Dataset<Row> rows)
      throws RefusedException, IOException, AnalysisException {
    if (isParquet(session)) {
      Location directory = FileStore.located(table.name(), HadoopPaths.settingsByName(session));
      rows.write().mode(SaveMode.Append).parquet(HadoopPaths.of(directory).toString());
    } else {
      appendNamed(session, rows);
    }
  }

  /** Appends rows with the names that the columns have in the table, which may be of other case. */
  private void appendNamed(SparkSession session, Dataset<Row> rows)
      throws RefusedException, IOException, AnalysisException {
    Map<String, StructField> found = byName(AskedFormat.AUTO.columns(session, table));
    String[] names =
        Stream.of(columns.fields())
            .map(own -> found.getOrDefault(own.name().toLowerCase(Locale.ROOT), own).name())
            .toArray(String[]::new);
    AskedFormat.AUTO.append(session, table, rows.toDF(names));
  }

  private static Map<String, StructField> byName(StructType found) {
    Map<String, StructField> fields = new HashMap<>();
    for (StructField column : found.fields()) {
      fields.put(column.name().toLowerCase(Locale.ROOT), column);
    }

    return fields;
  }

  private void append(SparkSession session, Iterator<Object[]> rows)
      throws RefusedException, IOException, AnalysisException {
    List<Row> some = new ArrayList<>();
    while (rows.hasNext() && some.size() < PART_ROWS) {
      some.add(RowFactory.create(rows.next()));
    }

    appendNamed(session, session.createDataFrame(some, columns).coalesce(1));
  }

  private void writeFile(SparkSession session, String file, Iterator<Object[]> rows)
      throws IOException {
    Map<String, String> hadoop = HadoopPaths.settingsByName(session);
    Location directory = FileStore.located(table.name(), hadoop);
    Path temporary = Files.createTempDirectory("paritree");
    try {
      Path written = temporary.resolve(file);
      ParquetFile parquet =
          ParquetWriters.of(session, columns).open(new org.apache.hadoop.fs.Path(written.toUri()));
      while (rows.hasNext() && parquet.rows() < PART_ROWS) {
        parquet.writeValues(rows.next());
      }

      parquet.close();
      FileStore.of(directory, hadoop).replace(directory.resolve(file), Files.readAllBytes(written));
    } finally {
      FileStore.of(Location.of(temporary)).delete(Location.of(temporary));
    }
  }
}
