package io.paritree.spark.run;

import io.paritree.model.TestRecords;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Input of the tests: {@link TestRecords} with a key {@code parcel_id}, as Parquet or CSV. */
final class Parcels {
  static final StructType SCHEMA =
      new StructType()
          .add("parcel_id", DataTypes.LongType)
          .add("distance", DataTypes.DoubleType)
          .add("weight", DataTypes.FloatType)
          .add("express", DataTypes.BooleanType)
          .add("carrier", DataTypes.StringType)
          .add("zone", DataTypes.IntegerType)
          .add("departure", DataTypes.StringType)
          .add("note", DataTypes.StringType);

  private Parcels() {}

  /** Returns record {@code index} as a typed row. */
  static Row row(int index) {
    List<String> cells = TestRecords.cells(index);
    return RowFactory.create(
        (long) index,
        cells.get(0).isEmpty() ? null : Double.valueOf(cells.get(0)),
        cells.get(1).isEmpty() ? null : Float.valueOf(cells.get(1)),
        cells.get(2).isEmpty() ? null : Boolean.valueOf(cells.get(2)),
        cells.get(3).isEmpty() ? null : cells.get(3),
        cells.get(4).isEmpty() ? null : Integer.valueOf(cells.get(4)),
        cells.get(5).isEmpty() ? null : cells.get(5),
        "note " + index);
  }

  /** Returns record {@code index} with a weight that is missing, which the model refuses. */
  static Row badRow(int index) {
    Row good = row(index);
    Object[] values = new Object[good.size()];
    for (int column = 0; column < values.length; column++) {
      values[column] = column == 2 ? null : good.get(column);
    }

    return RowFactory.create(values);
  }

  /** Writes good records as Parquet files to any Hadoop file system. */
  static void write(String directory, int from, int to, int files) {
    List<Row> rows = new ArrayList<>();
    for (int index = from; index < to; index++) {
      rows.add(row(index));
    }

    write(directory, rows, SCHEMA, files);
  }

  /**
   * Writes good records to the partitions {@code day=1}, {@code day=2} and so on, by one query.
   *
   * @param files of each partition
   */
  static void writeDays(String directory, int days, int rowsPerDay, int files) {
    List<Row> rows = new ArrayList<>();
    for (int index = 0; index < days * rowsPerDay; index++) {
      Row row = row(index);
      Object[] values = new Object[row.size() + 1];
      for (int column = 0; column < row.size(); column++) {
        values[column] = row.get(column);
      }

      values[row.size()] = 1 + index / rowsPerDay;
      rows.add(RowFactory.create(values));
    }

    TestSpark.interpreting()
        .createDataFrame(rows, SCHEMA.add("day", DataTypes.IntegerType))
        .repartition(files)
        .write()
        .partitionBy("day")
        .parquet(directory);
  }

  /**
   * Writes records as Parquet files.
   *
   * @param badEvery rows whose index is a multiple of this cannot be scored; 0 for none
   */
  static Path write(Path directory, int from, int to, int badEvery, int files) {
    List<Row> rows = new ArrayList<>();
    for (int index = from; index < to; index++) {
      rows.add(badEvery > 0 && index % badEvery == 0 ? badRow(index) : row(index));
    }

    return write(directory, rows, SCHEMA, files);
  }

  /** Writes records as one Parquet file in place of those that a directory has. */
  static Path rewrite(Path directory, int from, int to, int badEvery) throws IOException {
    FileStore.of(Location.of(directory)).delete(Location.of(directory));
    return write(directory, from, to, badEvery, 1);
  }

  static Path write(Path directory, List<Row> rows, StructType schema, int files) {
    write(directory.toString(), rows, schema, files);
    return directory;
  }

  private static void write(String directory, List<Row> rows, StructType schema, int files) {
    Dataset<Row> all = TestSpark.interpreting().createDataFrame(rows, schema);
    Dataset<Row> divided = files == 1 ? all.coalesce(1) : all.repartition(files);
    divided.write().mode(SaveMode.Append).parquet(directory);
  }

  /** Writes records as one CSV file. */
  static Path writeCsv(Path file, int from, int to, String... moreLines) throws IOException {
    StringBuilder text = new StringBuilder("parcel_id,").append(TestRecords.csvHeader());
    text.append('\n');
    for (int index = from; index < to; index++) {
      text.append(index).append(',').append(TestRecords.csvLine(index)).append('\n');
    }

    for (String line : moreLines) {
      text.append(line).append('\n');
    }

    Files.createDirectories(file.getParent());
    return Files.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
