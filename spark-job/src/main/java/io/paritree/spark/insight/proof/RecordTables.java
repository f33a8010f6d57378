package io.paritree.spark.insight.proof;

import io.paritree.feature.Field;
import io.paritree.proof.InexpressibleException;
import io.paritree.proof.TriedBlock;
import io.paritree.proof.TriedRecord;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Records of a block as Spark reads them, in a table of typed columns (double, boolean and text)
 * for each format, which ways share. Not thread-safe.
 */
final class RecordTables {
  private final SparkSession session;
  private final Location directory;
  private final Map<String, Table> written = new HashMap<>(); // of a block, by their formats
  private TriedBlock block;
  private int tables;

  /**
   * A table.
   *
   * @param path of the files or the table
   * @param rows how many records are there
   * @param inexpressible why others are not there, by their places in the block
   */
  record Table(String path, int rows, Map<Integer, String> inexpressible) {}

  /**
   * @param directory where Spark can write
   */
  RecordTables(SparkSession session, Location directory) {
    this.session = session;
    this.directory = directory;
  }

  SparkSession session() {
    return session;
  }

  /** Returns whether the tables are on the disk of this machine. */
  boolean areLocal() {
    return directory.isLocal();
  }

  /** Returns where scores of records are published for a server. */
  Location published() {
    return directory.resolve("published").resolve("scores");
  }

  /** Returns the table of a block, which is written when it is asked for first. */
  Table of(String format, TriedBlock records) {
    if (records != block) {
      written.clear();
      block = records;
    }

    return written.computeIfAbsent(format, this::write);
  }

  private Table write(String format) {
    List<Field> fields = block.schema().fields();
    Map<Integer, String> inexpressible = new HashMap<>();
    List<Row> rows = new ArrayList<>();
    for (int record = 0; record < block.records().size(); record++) {
      try {
        rows.add(row(fields, block.records().get(record), record));
      } catch (InexpressibleException e) {
        inexpressible.put(record, e.getMessage());
      }
    }

    StructType columns = new StructType().add(TableScoring.KEY, DataTypes.IntegerType);
    for (Field field : fields) {
      columns = columns.add(field.column(), type(field));
    }

    String path = HadoopPaths.text(directory.resolve("records-" + tables++).resolve("in"));
    session.createDataFrame(rows, columns).write().format(format).save(path);
    return new Table(path, rows.size(), inexpressible);
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

  private static DataType type(Field field) {
    return switch (TriedRecord.columnKind(field)) {
      case TEXT -> DataTypes.StringType;
      case TRUTH -> DataTypes.BooleanType;
      default -> DataTypes.DoubleType;
    };
  }
}
