package io.paritree.spark.insight.proof;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import io.paritree.feature.Schema;
import io.paritree.proof.TriedRecord;
import io.paritree.spark.input.CheckedInput;
import io.paritree.spark.input.DirectoryInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.Input;
import io.paritree.spark.input.InputCheck;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.input.InputRows;
import io.paritree.spark.input.PartitionChoice;
import io.paritree.spark.input.TableInput;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The rows of an input as records of JSON, in its order. A value that JSON lacks becomes the one
 * that is nearest: NaN is null, and infinity a number that is too large.
 */
final class NaturalRecords implements Iterator<TriedRecord> {
  private static final String NULL = "null";
  private static final String INFINITY = "1e999";

  /** What JSON says of a value that no feature reads. */
  private static final String OTHER = "{}";

  private final String version;
  private final List<Field> fields;
  private final boolean[] areCells; // of each field
  private final int[] columns; // of each field; -1 if the input has none
  private final Iterator<Row> rows;

  private NaturalRecords(String version, Schema schema, CheckedInput checked, Dataset<Row> rows) {
    this.version = version;
    List<String> names = Arrays.asList(rows.columns());
    this.fields = schema.fields();
    this.columns = fields.stream().mapToInt(field -> names.indexOf(field.column())).toArray();
    this.areCells = new boolean[columns.length];
    for (int field = 0; field < columns.length; field++) {
      boolean isRead = columns[field] >= 0;
      areCells[field] = isRead && checked.column(fields.get(field).column()).isPartition();
    }

    this.rows = rows.toLocalIterator();
  }

  /**
   * Reads an input.
   *
   * @throws RefusedException if the input does not fit the schema
   */
  static NaturalRecords of(SparkSession session, ProveQuery.Rows input, Schema schema)
      throws RefusedException, IOException {
    List<String> problems = new ArrayList<>();
    Input listing = listing(session, input, problems);
    InputProblems.refuse(problems);
    CheckedInput checked =
        new InputCheck(
                InputFormat.PARQUET, listing, schema, List.of(), List.of(), input.calls(), problems)
            .check(listing.partitions(), session, () -> {});
    InputProblems.refuse(problems);
    return new NaturalRecords(
        listing.version(), schema, checked, InputRows.of(session, listing, checked));
  }

  private static Input listing(SparkSession session, ProveQuery.Rows input, List<String> problems)
      throws RefusedException, IOException {
    if (input.table().isPresent()) {
      PinnedTable table = input.tableFormat().input(session, input.table().get());
      return TableInput.of(table, PartitionChoice.ALL, problems);
    }

    Map<String, String> hadoop = HadoopPaths.settingsByName(session);
    Location located = FileStore.located(input.path(), hadoop);
    FileStore store = FileStore.of(located, hadoop);
    return DirectoryInput.read(store, input.calls(), located, problems);
  }

  /** Returns the version of the table that is read; empty if there are none. */
  String version() {
    return version;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public TriedRecord next() {
    Row next = rows.next();
    String[] values = new String[columns.length];
    for (int field = 0; field < values.length; field++) {
      Object value = columns[field] < 0 ? null : next.get(columns[field]);
      if (columns[field] < 0) {
        values[field] = TriedRecord.ABSENT;
      } else if (areCells[field]) {
        values[field] = ofCell(fields.get(field), (String) value);
      } else {
        values[field] = json(value);
      }
    }

    return new TriedRecord(values);
  }

  /** Returns a cell as the JSON of the value that its first feature reads. */
  static String ofCell(Field field, String cell) {
    if (cell == null || cell.isEmpty()) {
      return NULL;
    }

    Feature.Values values = field.typed().values();
    byte[] text = cell.getBytes(StandardCharsets.UTF_8);
    boolean isLiteral =
        !values.isText() && NumberText.isNumber(text, 0, text.length)
            || values == Feature.Values.TRUTH && List.of("true", "false").contains(cell);
    return isLiteral ? cell : TriedRecord.quoted(cell);
  }

  /** Returns the JSON of a value of a row. */
  static String json(Object value) {
    if (value == null) {
      return NULL;
    } else if (value instanceof Float || value instanceof Double) {
      return json(((Number) value).doubleValue());
    } else if (value instanceof BigDecimal decimal) {
      return decimal.toString();
    } else if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    } else if (value instanceof String text) {
      return TriedRecord.quoted(text);
    } else if (value instanceof Timestamp instant) {
      return TriedRecord.quoted(DateTimeFormatter.ISO_INSTANT.format(instant.toInstant()));
    } else if (value instanceof Date || value instanceof TemporalAccessor) {
      return TriedRecord.quoted(value.toString());
    }

    return OTHER;
  }

  private static String json(double value) {
    if (Double.isNaN(value)) {
      return NULL;
    } else if (Double.isInfinite(value)) {
      return value > 0 ? INFINITY : "-" + INFINITY;
    }

    return Double.toString(value);
  }
}
