package io.paritree.spark.tables.iceberg;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionValue;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.tables.TableState;
import io.paritree.spark.tables.TableTransaction;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * A commit to an Iceberg table: one snapshot by Iceberg's own overwrite, which refuses it if
 * another writer has changed the same partitions since.
 */
final class IcebergCommit implements TableTransaction {
  /** The summary's key for the name of the run and its group. */
  private static final String NAME = "paritree.name";

  private final IcebergOutput output;
  private final TableState state;
  private final Optional<Transaction> change;
  private final String name;
  private final Map<String, String> metadata;
  private Table table;

  /**
   * @param output the table; what commits say of the run's files was found out
   * @param table was just refreshed; if it is to be made, what it is to be
   * @param state of the table
   * @param change makes the table; the commit is part of it
   * @param name of the run and its group
   */
  IcebergCommit(
      IcebergOutput output,
      Table table,
      TableState state,
      Optional<Transaction> change,
      String name,
      Map<String, String> metadata) {
    this.output = output;
    this.table = table;
    this.state = state;
    this.change = change;
    this.name = name;
    this.metadata = metadata;
  }

  @Override
  public TableState state() {
    return state;
  }

  @Override
  public Optional<Set<Map<String, String>>> changedSince(long first) {
    Set<Map<String, String>> changed = new HashSet<>();
    for (Snapshot snapshot : ancestors()) {
      if (snapshot.snapshotId() == first) {
        return Optional.of(changed);
      }

      if (!snapshot.operation().equals(DataOperations.REPLACE)) {
        SnapshotChanges changes = changes(snapshot);
        addValues(changes.addedDataFiles(), changed);
        addValues(changes.removedDataFiles(), changed);
        addValues(changes.addedDeleteFiles(), changed);
        addValues(changes.removedDeleteFiles(), changed);
      }
    }

    // The snapshot was not among them: it has expired, or the table was set back, or had none.
    return first < 0 ? Optional.of(changed) : Optional.empty();
  }

  /** Returns the snapshots of the table, the newest first. */
  private Iterable<Snapshot> ancestors() {
    Snapshot newest = table.currentSnapshot();
    return newest == null
        ? List.of()
        : SnapshotUtil.ancestorsOf(newest.snapshotId(), table::snapshot);
  }

  private SnapshotChanges changes(Snapshot snapshot) {
    return SnapshotChanges.builderFor(table).snapshot(snapshot).build();
  }

  private void addValues(
      Iterable<? extends ContentFile<?>> files, Set<Map<String, String>> changed) {
    for (ContentFile<?> file : files) {
      changed.add(IcebergState.values(table.specs().get(file.specId()), table.schema(), file));
    }
  }

  @Override
  public long commit(List<PreparedPartition> partitions, Map<String, List<DataFile>> files) {
    Expression replaced = PartitionExpression.of(partitions, table);
    OverwriteFiles overwrite =
        change
            .map(Transaction::newOverwrite)
            .orElseGet(() -> CheckedOperations.of(table).newOverwrite())
            .overwriteByRowFilter(replaced)
            .conflictDetectionFilter(replaced)
            .validateNoConflictingData()
            .validateNoConflictingDeletes();
    if (state.version() >= 0) {
      overwrite.validateFromSnapshot(state.version());
    }

    overwrite.set(NAME, name);
    metadata.forEach((key, value) -> overwrite.set("paritree." + key, value));
    List<String> withoutRows = new ArrayList<>();
    for (PreparedPartition partition : partitions) {
      List<DataFile> own = files.get(partition.partition());
      own.forEach(file -> overwrite.addFile(output.described(file)));
      if (own.isEmpty()) {
        withoutRows.add(partition.identity());
      }
    }

    if (!withoutRows.isEmpty()) {
      overwrite.set(IcebergState.WITHOUT_ROWS, String.join(" ", withoutRows));
    }

    try {
      overwrite.commit();
      change.ifPresent(Transaction::commitTransaction);
    } catch (ValidationException | CommitFailedException | AlreadyExistsException e) {
      throw new ConcurrentModificationException(e);
    }

    return committed()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot find the snapshot of %s in table %s"
                        .formatted(name, table.location())));
  }

  @Override
  public OptionalLong committed() {
    Optional<Table> made = output.found();
    if (made.isEmpty()) {
      return OptionalLong.empty();
    }

    table = made.get();
    table.refresh();
    for (Snapshot snapshot : ancestors()) {
      if (snapshot.snapshotId() == state.version()) {
        break;
      } else if (name.equals(snapshot.summary().get(NAME))) {
        return OptionalLong.of(snapshot.snapshotId());
      }
    }

    return OptionalLong.empty();
  }

  /**
   * Returns files as commits have them, by their paths below a directory. Reads their footers.
   *
   * @param directory of the table's files
   */
  static Map<String, org.apache.iceberg.DataFile> described(
      Table table,
      Location directory,
      List<PreparedPartition> partitions,
      Map<String, List<DataFile>> files,
      CallsAtOnce calls)
      throws IOException {
    Map<String, org.apache.iceberg.DataFile> described = new ConcurrentHashMap<>();
    calls.each(
        partitions,
        partition -> {
          List<DataFile> own = files.get(partition.partition());
          for (DataFile file : own) {
            String path = path(directory, file);
            described.put(file.name(), described(table, partition, path, file, own.size()));
          }
        });
    return described;
  }

  private static org.apache.iceberg.DataFile described(
      Table table, PreparedPartition partition, String path, DataFile file, int filesOfPartition) {
    InputFile written = table.io().newInputFile(path);
    Metrics metrics = ParquetUtil.fileMetrics(written, MetricsConfig.forTable(table));
    DataFiles.Builder builder =
        DataFiles.builder(table.spec())
            .withPath(path)
            .withFormat(FileFormat.PARQUET)
            .withFileSizeInBytes(file.bytes())
            .withMetrics(
                new Metrics(
                    metrics.recordCount(),
                    metrics.columnSizes(),
                    metrics.valueCounts(),
                    metrics.nullValueCounts(),
                    metrics.nanValueCounts(),
                    IcebergState.marked(
                        metrics.lowerBounds(),
                        partition.identity(),
                        filesOfPartition,
                        file.sha256()),
                    metrics.upperBounds()));
    if (table.spec().isPartitioned()) {
      builder.withPartitionValues(
          PartitionValue.ofPath(partition.partition()).stream()
              .map(PartitionValue::value)
              .toList());
    }

    return builder.build();
  }

  private static String path(Location directory, DataFile file) {
    return HadoopPaths.of(directory.resolve(file.name())).toString();
  }

  @Override
  public boolean isProved(
      long version, List<PreparedPartition> partitions, Map<String, List<DataFile>> files) {
    Snapshot snapshot = table.snapshot(version);
    if (snapshot == null) {
      return false; // it has expired since, or the table was set back
    }

    Set<String> added = new HashSet<>();
    changes(snapshot).addedDataFiles().forEach(file -> added.add(file.location()));
    return name.equals(snapshot.summary().get(NAME))
        && added.equals(
            partitions.stream()
                .flatMap(partition -> files.get(partition.partition()).stream())
                .map(file -> path(output.files(), file))
                .collect(Collectors.toSet()));
  }
}
