package io.paritree.spark.tables;

import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.versions.DeltaSnapshot;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table as it was at one moment.
 *
 * <p>A Delta table is read at a version, whose files are known. Any other table of a catalog is
 * read as Spark reads it: nothing is known of its files, and two reads may differ.
 */
public final class PinnedTable {
  private static final String VERSION = "versionAsOf";
  private static final String TIME = "timestampAsOf";
  private static final String PHYSICAL_NAME = "delta.columnMapping.physicalName";

  private final AskedTable asked;
  private final String location;
  private final String identity;
  private final String version;
  private final StructType schema;
  private final List<String> partitionColumns;
  private final Optional<List<TableFile>> files;
  private final Map<String, Set<String>> only;

  private PinnedTable(
      AskedTable asked,
      String location,
      String identity,
      String version,
      StructType schema,
      List<String> partitionColumns,
      Optional<List<TableFile>> files,
      Map<String, Set<String>> only) {
    this.asked = asked;
    this.location = location;
    this.identity = identity;
    this.version = version;
    this.schema = schema;
    this.partitionColumns = List.copyOf(partitionColumns);
    this.files = files.map(List::copyOf);
    this.only = Map.copyOf(only);
  }

  /**
   * Finds a table, and the version that is read.
   *
   * @throws RefusedException if it cannot be read, or not at this version
   */
  public static PinnedTable open(SparkSession session, AskedTable asked) throws RefusedException {
    boolean needsDelta = asked.isPath() || asked.format() == AskedTable.Format.DELTA;
    Optional<String> problem = needsDelta ? DeltaSnapshot.problem(session) : Optional.empty();
    if (asked.format() == AskedTable.Format.ICEBERG) {
      throw refused(
          asked,
          "the snapshots of Iceberg tables cannot be pinned yet; without --table-format, the table is"
              + " read by its name as any other table of the catalog");
    } else if (problem.isPresent()) {
      throw refused(asked, problem.get());
    }

    try {
      Dataset<Row> found = read(session, asked, options(asked));
      Optional<DeltaSnapshot> delta = DeltaSnapshot.of(found);
      if (delta.isPresent()) {
        return ofDelta(asked, delta.get());
      } else if (needsDelta) {
        throw refused(asked, "it is no Delta table");
      } else if (!asked.asOf().isEmpty()) {
        throw refused(asked, "it has no versions that --as-of could name");
      }

      return ofCatalog(session, asked, found);
    } catch (RefusedException e) {
      throw e;
    } catch (Exception e) { // Spark and Delta throw checked exceptions that they do not declare
      throw refused(asked, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static RefusedException refused(AskedTable asked, String reason) {
    return new RefusedException(
        "Cannot read table %s%s: %s"
            .formatted(
                asked.name(), asked.asOf().isEmpty() ? "" : " as of " + asked.asOf(), reason));
  }

  private static Map<String, String> options(AskedTable asked) {
    return asked.asOf().isEmpty()
        ? Map.of()
        : Map.of(asked.isAsOfVersion() ? VERSION : TIME, asked.asOf());
  }

  private static Dataset<Row> read(
      SparkSession session, AskedTable asked, Map<String, String> options) {
    DataFrameReader reader = session.read().options(options);
    return asked.isPath() ? reader.format("delta").load(asked.name()) : reader.table(asked.name());
  }

  private static PinnedTable ofDelta(AskedTable asked, DeltaSnapshot delta) {
    List<TableFile> files = new ArrayList<>();
    for (Row file :
        delta
            .files()
            .selectExpr(
                "path",
                "partitionValues",
                "size",
                "modificationTime",
                "coalesce(deletionVector.cardinality, 0L)")
            .collectAsList()) {
      files.add(
          new TableFile(
              new Path(delta.location(), new Path(URI.create(file.getString(0)))),
              new HashMap<>(file.getJavaMap(1)),
              file.getLong(2),
              file.getLong(3),
              file.getLong(4)));
    }

    return new PinnedTable(
        asked,
        delta.location().toString(),
        "%s version %s".formatted(delta.tableId(), delta.version()),
        String.valueOf(delta.version()),
        delta.schema(),
        delta.partitionColumns(),
        Optional.of(byLogicalNames(files, delta.schema())),
        Map.of());
  }

  /** Returns the files with the names that readers see: the log has those of the files. */
  private static List<TableFile> byLogicalNames(List<TableFile> files, StructType schema) {
    Map<String, String> logical = new HashMap<>();
    for (StructField field : schema.fields()) {
      logical.put(physicalName(field), field.name());
    }

    return files.stream()
        .map(
            file -> {
              Map<String, String> partition = new HashMap<>();
              file.partition().forEach((name, value) -> partition.put(logical.get(name), value));
              return new TableFile(
                  file.path(), partition, file.bytes(), file.modifiedMillis(), file.deletedRows());
            })
        .toList();
  }

  private static String physicalName(StructField field) {
    return field.metadata().contains(PHYSICAL_NAME)
        ? field.metadata().getString(PHYSICAL_NAME)
        : field.name();
  }

  private static PinnedTable ofCatalog(SparkSession session, AskedTable asked, Dataset<Row> found)
      throws Exception {
    List<String> partitionColumns = new ArrayList<>();
    for (org.apache.spark.sql.catalog.Column column :
        session.catalog().listColumns(asked.name()).collectAsList()) {
      if (column.isPartition()) {
        partitionColumns.add(column.name());
      }
    }

    return new PinnedTable(
        asked,
        "",
        "read by " + UUID.randomUUID(),
        "",
        found.schema(),
        partitionColumns,
        Optional.empty(),
        Map.of());
  }

  /**
   * Returns the table with those rows only that have these values, as texts, in its partition
   * columns.
   */
  public PinnedTable where(Map<String, Set<String>> values) {
    return new PinnedTable(
        asked, location, identity, version, schema, partitionColumns, files, values);
  }

  /**
   * Returns the rows.
   *
   * @param partitions values that the partition columns may be assumed to have, as the log has
   *     them; an empty text for null
   */
  public Dataset<Row> rows(SparkSession session, Map<String, Set<String>> partitions) {
    Dataset<Row> rows =
        read(session, asked, version.isEmpty() ? options(asked) : Map.of(VERSION, version));
    for (Map.Entry<String, Set<String>> one : partitions.entrySet()) {
      Column column = rows.col(quoted(one.getKey()));
      Column[] values =
          one.getValue().stream()
              .filter(value -> !value.isEmpty())
              .map(value -> functions.lit(value).cast(type(one.getKey())))
              .toArray(Column[]::new);
      Column in = column.isin((Object[]) values);
      rows = rows.filter(one.getValue().contains("") ? in.or(column.isNull()) : in);
    }

    for (Map.Entry<String, Set<String>> one : only.entrySet()) {
      rows =
          rows.filter(rows.col(quoted(one.getKey())).cast("string").isin(one.getValue().toArray()));
    }

    return rows;
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  private DataType type(String column) {
    return schema.apply(column).dataType();
  }

  /** Returns the directory of the table; empty if it is not known. */
  public String location() {
    return location;
  }

  /** Returns a text that differs wherever the rows may differ. */
  public String identity() {
    return identity;
  }

  /** Returns the version; empty if the table has none. */
  public String version() {
    return version;
  }

  /** Returns the table as messages name it. */
  public String shown() {
    return version.isEmpty() ? asked.name() : "%s version %s".formatted(asked.name(), version);
  }

  /** Returns the columns, partition columns among them. */
  public StructType schema() {
    return schema;
  }

  /** Returns the names of all columns. */
  public List<String> columns() {
    return Arrays.asList(schema.fieldNames());
  }

  /** Returns the name that a column has in the files. */
  public String nameInFiles(String column) {
    return physicalName(schema.apply(column));
  }

  public List<String> partitionColumns() {
    return partitionColumns;
  }

  /** Returns the data files; empty if they are not known. */
  public Optional<List<TableFile>> files() {
    return files;
  }
}
