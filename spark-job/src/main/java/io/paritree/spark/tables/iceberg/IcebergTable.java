package io.paritree.spark.tables.iceberg;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.CatalogTable;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.RunMarks;
import io.paritree.spark.tables.TableFile;
import io.paritree.spark.tables.TableToRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.BaseMetadataTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * A snapshot of an Iceberg table.
 *
 * @param version the snapshot's number; {@code none} if the table has no snapshot
 * @param partitions its partition columns
 * @param files its files
 * @param state reads what the snapshot says of its partitions
 */
record IcebergTable(
    TableToRead asked,
    String location,
    String identity,
    String version,
    StructType schema,
    List<IcebergPartitionColumn> partitions,
    List<TableFile> files,
    Supplier<IcebergState> state)
    implements PinnedTable {
  /** Iceberg's column of the index of a row in its file. */
  private static final String ROW_INDEX = "_pos";

  private static final String NO_SNAPSHOT = "none";

  IcebergTable {
    partitions = List.copyOf(partitions);
    files = List.copyOf(files);
  }

  /**
   * @param newest what the table is now
   */
  static PinnedTable pin(SparkSession session, TableToRead asked, Dataset<Row> newest)
      throws Exception {
    Table table = IcebergRuntime.table(newest);
    if (table instanceof BaseMetadataTable) {
      if (asked.isPath() || !asked.asOf().isEmpty()) {
        throw asked.refused(
            asked.isPath()
                ? "it is a metadata table, which can be read by its name in a catalog only"
                : "the metadata table has no versions that --as-of could name");
      }

      return CatalogTable.of(session, asked, newest);
    }

    Optional<String> problem = IcebergBranches.problem(session, asked, table);
    if (problem.isPresent()) {
      throw asked.refused(problem.get());
    }

    Configuration hadoop = HadoopPaths.settings(session);
    String location = HadoopPaths.qualified(new Path(table.location()), hadoop).toString();
    Snapshot snapshot =
        asked.asOf().isEmpty() ? table.currentSnapshot() : snapshot(table, session, asked);
    if (snapshot == null) {
      return new IcebergTable(
          asked,
          location,
          table.uuid() + " without snapshot",
          NO_SNAPSHOT,
          newest.schema(),
          IcebergPartitionColumn.of(table, table.schema(), Set.of(table.spec().specId())),
          List.of(),
          () -> IcebergState.at(table, null));
    }

    Schema columnsThen = SnapshotUtil.schemaFor(table, snapshot.snapshotId());
    if (asked.asOf().isEmpty() && !ids(table.schema()).equals(ids(columnsThen))) {
      throw asked.refused(
          ("its columns have changed since its newest snapshot %s, which Iceberg reads by the columns"
                  + " that it was written with; commit to the table first, or read those with --as-of %s")
              .formatted(snapshot.snapshotId(), snapshot.snapshotId()));
    }

    List<FileScanTask> tasks = new ArrayList<>();
    try (CloseableIterable<FileScanTask> planned =
        table.newScan().useSnapshot(snapshot.snapshotId()).planFiles()) {
      planned.forEach(tasks::add);
    }

    List<IcebergPartitionColumn> columns =
        IcebergPartitionColumn.of(
            table,
            columnsThen,
            tasks.isEmpty()
                ? Set.of(table.spec().specId())
                : Set.copyOf(tasks.stream().map(task -> task.file().specId()).toList()));
    List<TableFile> files = new ArrayList<>();
    for (FileScanTask task : tasks) {
      DataFile file = task.file();
      files.add(
          new TableFile(
              HadoopPaths.qualified(new Path(file.location()), hadoop),
              file.location(),
              IcebergPartitionColumn.values(columns, file),
              file.fileSizeInBytes(),
              0,
              rows(file, task.deletes()),
              0));
    }

    String version = String.valueOf(snapshot.snapshotId());
    return new IcebergTable(
        asked,
        location,
        "%s snapshot %s".formatted(table.uuid(), version),
        version,
        IcebergRuntime.read(session, asked.name(), version, Map.of()).schema(),
        columns,
        files,
        () -> IcebergState.at(table, snapshot));
  }

  /** Returns the ids of columns and of fields within them, by their names. */
  private static Map<String, Integer> ids(Schema schema) {
    return TypeUtil.indexByName(schema.asStruct());
  }

  /** Returns the snapshot that {@code --as-of} asks for. */
  private static Snapshot snapshot(Table table, SparkSession session, TableToRead asked)
      throws RefusedException {
    SnapshotRef named = table.refs().get(asked.asOf());
    if (named != null && named.isBranch()) {
      throw asked.refused(
          "'%s' is a branch of it; --as-of takes a tag, the number of a snapshot, or a time"
              .formatted(asked.asOf()));
    }

    if (!asked.isAsOfVersion()) {
      Row time =
          session
              .range(1)
              .select(functions.expr("unix_millis(%s)".formatted(timestamp(asked.asOf()))))
              .head();
      Long found =
          time.isNullAt(0) ? null : SnapshotUtil.nullableSnapshotIdAsOfTime(table, time.getLong(0));
      if (named != null && found != null && found != named.snapshotId()) {
        throw asked.refused(
            "'%s' is a tag and a time; give the number %s of the tag's snapshot, or the time with its hour"
                .formatted(asked.asOf(), named.snapshotId()));
      } else if (named == null && found == null) {
        throw asked.refused(
            "it has no snapshot of that time, and no tag of that name; give a snapshot's number, or"
                + " another time or name");
      }

      return table.snapshot(named != null ? named.snapshotId() : found);
    } else if (named != null) {
      return table.snapshot(named.snapshotId());
    }

    Snapshot snapshot = null;
    try {
      snapshot = table.snapshot(Long.parseLong(asked.asOf()));
    } catch (NumberFormatException e) {
      // no snapshot has a number as long as this
    }

    if (snapshot == null) {
      throw asked.refused(
          "it has no snapshot %s, or the snapshot has expired; its snapshots are in the table's metadata table 'snapshots'"
              .formatted(asked.asOf()));
    }

    return snapshot;
  }

  private static String timestamp(String text) {
    return "try_cast('%s' AS TIMESTAMP)".formatted(text.replace("\\", "\\\\").replace("'", "\\'"));
  }

  /** Returns how many rows of a file are not deleted, unless only reading all deletes would say. */
  private static OptionalLong rows(DataFile file, List<DeleteFile> deletes) {
    long rows = file.recordCount();
    for (DeleteFile delete : deletes) {
      if (delete.format() != FileFormat.PUFFIN) {
        return OptionalLong.empty();
      }

      rows -= delete.recordCount(); // a deletion vector, which has each row once
    }

    return OptionalLong.of(rows);
  }

  @Override
  public String cleanup() {
    return "expire_snapshots";
  }

  /** Of files that are partitioned in another way than now, it says nothing. */
  @Override
  public Optional<RunMarks> marks() {
    IcebergState own = state.get();
    return own.hasOtherPartitioning() ? Optional.empty() : Optional.of(own);
  }

  @Override
  public Dataset<Row> rows(SparkSession session, Map<String, Set<String>> values) {
    Map<String, String> options =
        Map.of(
            "vectorization-batch-size",
            session.conf().get("spark.sql.parquet.columnarReaderBatchSize"));
    Dataset<Row> rows = IcebergRuntime.read(session, asked.name(), version, options);
    for (IcebergPartitionColumn column : partitions) {
      Set<String> asked = values.get(column.name());
      // Where all are asked for, planning is quicker without a filter, and its faults do not count.
      if (asked != null && !asked.containsAll(all(column))) {
        rows = rows.filter(column.among(asked, rows));
      }
    }

    return rows;
  }

  /** Returns the values of all files as texts; an empty one for null. */
  private Set<String> all(IcebergPartitionColumn column) {
    return files.stream()
        .map(file -> Objects.requireNonNullElse(file.partition().get(column.name()), ""))
        .collect(Collectors.toSet());
  }

  @Override
  public Optional<Column> rowIndex(Dataset<Row> rows) {
    return Optional.of(rows.metadataColumn(ROW_INDEX));
  }

  @Override
  public Optional<String> rowIndexInScan() {
    return Optional.of(ROW_INDEX);
  }

  @Override
  public List<String> partitionColumns() {
    return partitions.stream().map(IcebergPartitionColumn::name).toList();
  }

  @Override
  public boolean saysRows() {
    return true;
  }

  @Override
  public boolean reportsPaths() {
    return true;
  }
}
