package io.paritree.spark.tables.delta;

import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.RunMarks;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.tables.TableFile;
import io.paritree.spark.tables.TableToRead;
import io.paritree.spark.tables.delta.DeltaFile.DeletionVector;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
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
 * A version of a Delta table.
 *
 * @param files its files
 * @param marked reads what runs have written
 */
record DeltaTable(
    TableToRead asked,
    String location,
    String identity,
    String version,
    StructType schema,
    List<String> partitionColumns,
    List<TableFile> files,
    Supplier<RunMarks> marked)
    implements PinnedTable {
  private static final String VERSION = "versionAsOf";
  private static final String TIME = "timestampAsOf";
  private static final String PHYSICAL_NAME = "delta.columnMapping.physicalName";
  private static final String ROW_INDEX = "row_index";

  DeltaTable {
    partitionColumns = List.copyOf(partitionColumns);
    files = List.copyOf(files);
  }

  /**
   * @param newest what the table is now
   */
  static DeltaTable pin(SparkSession session, TableToRead asked, DeltaSnapshot newest)
      throws RefusedException {
    if (asked.asOf().isEmpty()) {
      return of(asked, newest);
    }

    Map<String, String> options = Map.of(asked.isAsOfVersion() ? VERSION : TIME, asked.asOf());
    return of(asked, DeltaSnapshot.of(read(session, asked, options)).orElseThrow());
  }

  private static Dataset<Row> read(
      SparkSession session, TableToRead asked, Map<String, String> options) {
    DataFrameReader reader = session.read().options(options);
    return asked.isPath() ? reader.format("delta").load(asked.name()) : reader.table(asked.name());
  }

  private static DeltaTable of(TableToRead asked, DeltaSnapshot snapshot) {
    Map<String, String> logical = new HashMap<>();
    for (StructField field : snapshot.schema().fields()) {
      logical.put(physicalName(field), field.name());
    }

    List<TableFile> files = new ArrayList<>();
    for (DeltaFile file : snapshot.files()) {
      // The log has the names in the files, and readers see the names in the table.
      Map<String, String> partition = new HashMap<>();
      file.partitionValues().forEach((name, value) -> partition.put(logical.get(name), value));
      Path path = new Path(snapshot.location(), new Path(URI.create(file.path())));
      files.add(
          new TableFile(
              path,
              path.toString(),
              partition,
              file.size(),
              file.modificationTime(),
              OptionalLong.empty(),
              file.deletionVector().map(DeletionVector::cardinality).orElse(0L)));
    }

    return new DeltaTable(
        asked,
        snapshot.location().toString(),
        "%s version %s".formatted(snapshot.tableId(), snapshot.version()),
        String.valueOf(snapshot.version()),
        snapshot.schema(),
        snapshot.partitionColumns(),
        files,
        () -> DeltaState.of(snapshot));
  }

  @Override
  public String cleanup() {
    return "VACUUM";
  }

  @Override
  public Optional<RunMarks> marks() {
    return Optional.of(marked.get());
  }

  private static String physicalName(StructField field) {
    return field.metadata().contains(PHYSICAL_NAME)
        ? field.metadata().getString(PHYSICAL_NAME)
        : field.name();
  }

  @Override
  public Dataset<Row> rows(SparkSession session, Map<String, Set<String>> partitions) {
    Dataset<Row> rows = read(session, asked, Map.of(VERSION, version));
    DeltaSnapshot.of(rows).orElseThrow().limitTasks(session);
    for (Map.Entry<String, Set<String>> one : partitions.entrySet()) {
      Column column = rows.col(SqlName.quoted(one.getKey()));
      DataType type = schema.apply(one.getKey()).dataType();
      Column[] values =
          one.getValue().stream()
              .filter(value -> !value.isEmpty())
              .map(value -> functions.lit(value).cast(type))
              .toArray(Column[]::new);
      Column in = column.isin((Object[]) values);
      rows = rows.filter(one.getValue().contains("") ? in.or(column.isNull()) : in);
    }

    return rows;
  }

  /** Delta numbers the rows of a file only if the table's features need it. */
  @Override
  public Optional<Column> rowIndex(Dataset<Row> rows) {
    Column metadata = rows.metadataColumn("_metadata");
    StructType fields = (StructType) rows.select(metadata).schema().fields()[0].dataType();
    return List.of(fields.fieldNames()).contains(ROW_INDEX)
        ? Optional.of(metadata.getField(ROW_INDEX))
        : Optional.empty();
  }

  @Override
  public String nameInFiles(String column) {
    return physicalName(schema.apply(column));
  }
}
