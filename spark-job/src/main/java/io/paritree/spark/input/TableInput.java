package io.paritree.spark.input;

import io.paritree.output.PartitionValue;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.CatalogTable;
import io.paritree.spark.tables.FileGroups;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.tables.TableFile;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructType;

/**
 * A table that a run reads. If its files are not known, it has one partition, without files, of all
 * rows.
 *
 * @param root the table's directory; empty if its files are not known
 */
public record TableInput(
    PinnedTable table,
    Optional<Location> root,
    List<String> partitionColumns,
    List<InputPartition> partitions)
    implements Input {
  public TableInput {
    partitionColumns = List.copyOf(partitionColumns);
    partitions = List.copyOf(partitions);
  }

  /**
   * @param requested the partitions that are asked for, by which a table without known files is
   *     limited
   * @param problems receives columns that are no partition columns
   */
  public static TableInput of(PinnedTable table, PartitionChoice requested, List<String> problems) {
    if (table instanceof CatalogTable rows) {
      PinnedTable limited = rows.where(requested.values(rows.partitionColumns(), problems));
      InputPartition all = new InputPartition("", List.of(), List.of());
      return new TableInput(limited, Optional.empty(), List.of(), List.of(all));
    }

    Location root = HadoopPaths.located(new Path(table.location()));
    Map<List<PartitionValue>, List<InputFile>> files = new HashMap<>();
    for (TableFile file : table.files()) {
      List<PartitionValue> values =
          table.partitionColumns().stream()
              .map(
                  column ->
                      new PartitionValue(
                          column, Objects.requireNonNullElse(file.partition().get(column), "")))
              .toList();
      Location location = HadoopPaths.located(file.path());
      files
          .computeIfAbsent(values, partition -> new ArrayList<>())
          .add(new InputFile(location, name(root, file), file.bytes(), file.modifiedMillis()));
    }

    if (table.partitionColumns().isEmpty()) {
      files.putIfAbsent(List.of(), List.of());
    }

    List<InputPartition> partitions = new ArrayList<>();
    files.forEach(
        (values, own) ->
            partitions.add(
                new InputPartition(
                    PartitionValue.path(values),
                    values,
                    own.stream().sorted(Comparator.comparing(InputFile::name)).toList())));
    partitions.sort(Comparator.comparing(InputPartition::path));
    return new TableInput(table, Optional.of(root), table.partitionColumns(), partitions);
  }

  /** Returns the name of a table's file: its path below the table, or all of it. */
  static String name(Location root, TableFile file) {
    Location location = HadoopPaths.located(file.path());
    return root.holds(location)
        ? location.toString().substring(root.toString().length() + 1)
        : location.toString();
  }

  @Override
  public boolean isOfRows() {
    return root.isEmpty();
  }

  @Override
  public String shown() {
    return root.map(Location::toString).orElseGet(table::shown);
  }

  @Override
  public String version() {
    return table.version();
  }

  @Override
  public List<String> identity() {
    return List.of(table.identity());
  }

  @Override
  public Optional<String> goneVersion() {
    return Optional.of(
        ("%s cannot be read: not all of its files are there; %s removes files of old versions, so"
                + " choose a newer one with --as-of")
            .formatted(table.shown(), table.cleanup()));
  }

  @Override
  public CheckedInput check(
      InputCheck check, List<InputPartition> selected, SparkSession session, Runnable fileRead) {
    return check.checkTable(this, selected, session, fileRead);
  }

  @Override
  public void checkRequested(
      PartitionChoice requested, SparkSession session, List<String> problems) {
    if (table instanceof CatalogTable rows) {
      requested.checkRows(rows, session, problems);
    }
  }

  @Override
  public void checkRead(long rows) throws RefusedException {
    if (rows == 0 && table instanceof CatalogTable limited && !limited.only().isEmpty()) {
      throw new RefusedException(
          ("Cannot publish: no row of the requested partitions was read; table %s had some when the run"
                  + " began, and was changed since; run again when it is complete")
              .formatted(table.shown()));
    }
  }

  @Override
  public Dataset<Row> rows(
      SparkSession session,
      InputFormat format,
      List<ReadColumn> columns,
      List<InputFile> files,
      Map<String, Set<String>> values) {
    Dataset<Row> all = table.rows(session, values);
    StructType found =
        all.select(
                columns.stream()
                    .map(column -> SqlName.column(column.name()))
                    .toArray(Column[]::new))
            .schema();
    List<Column> selected = new ArrayList<>();
    for (ReadColumn column : columns) {
      boolean isNull = found.fields()[selected.size()].dataType() instanceof NullType;
      Column own = SqlName.column(column.name());
      selected.add(isNull ? own.cast(column.type()) : own);
    }

    table.rowIndex(all).ifPresent(selected::add);
    return all.select(selected.toArray(Column[]::new));
  }

  @Override
  public boolean mayReadOthers() {
    return !isOfRows();
  }

  @Override
  public boolean filtersFiles() {
    return table.reportsPaths();
  }

  @Override
  public Optional<String> rowIndexInScan() {
    return table.rowIndexInScan();
  }

  /** Returns the files of partitions in groups, whose numbers are those of the partitions. */
  FileGroups groups(List<InputPartition> selected) {
    Map<Location, Integer> numbers = new HashMap<>();
    for (int at = 0; at < selected.size(); at++) {
      for (InputFile file : selected.get(at).files()) {
        numbers.put(file.location(), at);
      }
    }

    Map<TableFile, Integer> groups = new HashMap<>();
    for (TableFile file : table.files()) {
      Integer number = numbers.get(HadoopPaths.located(file.path()));
      if (number != null) {
        groups.put(file, number);
      }
    }

    return FileGroups.of(table, groups);
  }

  @Override
  public SourceRoot sourceRoot(
      Configuration hadoop, List<InputPartition> selected, Set<InputFile> read) throws IOException {
    if (isOfRows()) {
      return new SourceRoot(shown(), SourceRoot.Kind.NOTHING, new HashMap<>());
    }

    Map<Location, String> paths = new HashMap<>();
    for (InputPartition partition : selected) {
      for (InputFile file : partition.files()) {
        if (read.contains(file)) {
          paths.put(file.location(), partition.path());
        }
      }
    }

    HashMap<String, String> reported = new HashMap<>();
    for (TableFile file : table.files()) {
      String partition = paths.get(HadoopPaths.located(file.path()));
      if (partition != null) {
        reported.put(file.reported(), partition);
      }
    }

    SourceRoot.Kind kind =
        table.reportsPaths() ? SourceRoot.Kind.LOG_OF_PATHS : SourceRoot.Kind.LOG;
    String path = HadoopPaths.qualified(HadoopPaths.of(root.orElseThrow()), hadoop).toString();
    return new SourceRoot(path, kind, reported);
  }
}
