package io.paritree.spark.proof;

import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.proof.InexpressibleException;
import io.paritree.proof.TriedRecord;
import io.paritree.proof.TriedRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Writes records. */
  static RecordTable write(SparkSession session, RecordForm form, TriedRecords records, String path)
      throws IOException {
    Schema schema = records.schema();
    int blocks = records.blocks();
    Map<Integer, String> inexpressible = new HashMap<>();
    List<Row> rows = new ArrayList<>();
    int count = 0;
    boolean isFirst = true;
    for (int index = 0; index < blocks; index++) {
      for (TriedRecord record : records.block(index).records()) {
        try {
          rows.add(row(schema.fields(), record, count));
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

  private static Row row(List<Field> fields, TriedRecord record, int number)
      throws InexpressibleException {
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
    StructType columns = new StructType().add(TableScoring.KEY, DataTypes.IntegerType);
    for (Field field : fields) {
      columns = columns.add(field.column(), type(field));
    }

    session
        .createDataFrame(rows, columns)
        .coalesce(1)
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
}
