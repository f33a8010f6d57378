package io.paritree.spark.proof;

import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.proof.InexpressibleException;
import io.paritree.proof.TriedBlock;
import io.paritree.proof.TriedRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Records as Spark reads them, in files or a table.
 *
 * @param path of the files or the table
 * @param count of all records, also of those that are not there
 * @param inexpressible why records are not there, by their numbers
 */
record RecordTable(String path, int count, Map<Integer, String> inexpressible) {
  /** So many values are written by one task, which has them in its message from the driver. */
  private static final int VALUES_AT_ONCE = 1_000_000;

  /** Records, block by block. */
  @FunctionalInterface
  interface Blocks {
    TriedBlock block(int index) throws IOException;
  }

  /**
   * Writes records.
   *
   * @param blocks how many blocks there are
   */
  static RecordTable write(
      SparkSession session, RecordForm form, Schema schema, Blocks records, int blocks, String path)
      throws IOException {
    Map<Integer, String> inexpressible = new HashMap<>();
    List<Row> rows = new ArrayList<>();
    int count = 0;
    boolean isFirst = true;
    for (int index = 0; index < blocks; index++) {
      for (TriedRecord record : records.block(index).records()) {
        try {
          rows.add(row(form, schema.fields(), record, count));
        } catch (InexpressibleException e) {
          inexpressible.put(count, e.getMessage());
        }

        count++;
      }

      if (rows.size() * (long) schema.fields().size() >= VALUES_AT_ONCE || index == blocks - 1) {
        write(session, form, schema.fields(), rows, isFirst, path);
        rows.clear();
        isFirst = false;
      }
    }

    return new RecordTable(path, count, inexpressible);
  }

  /** Returns whether there is no record in it. */
  boolean isEmpty() {
    return inexpressible.size() == count;
  }

  private static Row row(RecordForm form, List<Field> fields, TriedRecord record, int number)
      throws InexpressibleException {
    if (form == RecordForm.CSV) {
      return RowFactory.create(number + "," + record.csv(fields));
    }

    Object[] values = new Object[fields.size() + 1];
    values[0] = number;
    for (int field = 0; field < fields.size(); field++) {
      values[field + 1] = record.columnValue(field, fields.get(field));
    }

    return RowFactory.create(values);
  }

  private static void write(
      SparkSession session,
      RecordForm form,
      List<Field> fields,
      List<Row> rows,
      boolean isFirst,
      String path) {
    SaveMode mode = isFirst ? SaveMode.ErrorIfExists : SaveMode.Append;
    if (form == RecordForm.CSV) {
      List<Row> lines = new ArrayList<>();
      lines.add(RowFactory.create(TableScoring.KEY + "," + TriedRecord.csvHeader(fields)));
      lines.addAll(rows);
      StructType text = new StructType().add("value", DataTypes.StringType);
      one(session.createDataFrame(lines, text)).write().mode(mode).text(path);
      return;
    }

    StructType columns = new StructType().add(TableScoring.KEY, DataTypes.IntegerType);
    for (Field field : fields) {
      columns = columns.add(field.column(), type(field));
    }

    one(session.createDataFrame(rows, columns))
        .write()
        .mode(mode)
        .format(form == RecordForm.DELTA ? "delta" : "parquet")
        .save(path);
  }

  private static DataType type(Field field) {
    return switch (TriedRecord.columnKind(field)) {
      case TEXT -> DataTypes.StringType;
      case TRUTH -> DataTypes.BooleanType;
      default -> DataTypes.DoubleType;
    };
  }

  private static Dataset<Row> one(Dataset<Row> rows) {
    return rows.coalesce(1);
  }
}
