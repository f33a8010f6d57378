package io.paritree.spark.tables.delta;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionValue;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.tables.CommitFile;
import io.paritree.spark.tables.PlannedColumns;
import io.paritree.spark.tables.TableState;
import io.paritree.spark.tables.TableTransaction;
import io.paritree.spark.tables.delta.DeltaFile.DeletionVector;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** A commit to a Delta table. Its actions are JSON, as in Delta's log. */
final class DeltaCommit implements TableTransaction {
  private final SparkSession session;
  private final String location;
  private final DeltaTransaction transaction;
  private final TableState state;
  private final Map<String, List<DeltaFile>> known;
  private final Set<String> spelledOtherwise;
  private final Location table;
  private final FileStore store;
  private final String name;
  private final Map<String, String> metadata;

  /**
   * Begins with the newest version.
   *
   * @param location the table's directory
   * @param before the table as it was read before
   * @param toCome the columns of the table if the commit must make it, which a version says
   */
  DeltaCommit(
      SparkSession session,
      String location,
      TableState before,
      Function<TableState, Optional<PlannedColumns>> toCome,
      String name,
      Map<String, String> metadata)
      throws IOException {
    this.session = session;
    this.location = location;
    this.transaction = DeltaTransaction.begin(session, location);
    DeltaSnapshot now = transaction.snapshot();
    if (now.version() < 0) { // it was removed
      this.state =
          toCome
              .apply(TableState.ABSENT)
              .map(to -> TableState.absent(to.schema(), to.partitionColumns()))
              .orElse(TableState.ABSENT);
      this.known = Map.of();
      this.spelledOtherwise = Set.of();
    } else {
      DeltaState found =
          before instanceof DeltaState own && own.isOf(now) ? own : DeltaState.of(now);
      this.state = found;
      this.known = found.files();
      this.spelledOtherwise = found.spelledOtherwise();
    }

    toCome.apply(state).ifPresent(columns -> make(transaction, columns));
    this.table = HadoopPaths.located(new Path(location));
    this.store = FileStore.of(table, HadoopPaths.settingsByName(session));
    this.name = name;
    this.metadata = metadata;
  }

  /** Lets a transaction make the table. */
  static void make(DeltaTransaction transaction, PlannedColumns planned) {
    transaction.makesTable(ActionJson.tableMade(planned.schema(), planned.partitionColumns()));
  }

  @Override
  public TableState state() {
    return state;
  }

  @Override
  public Optional<Set<Map<String, String>>> changedSince(long first) throws IOException {
    Set<Map<String, String>> changed = new HashSet<>();
    for (long version = first + 1; version <= state.version(); version++) {
      Optional<CommitFile> commit = CommitFile.read(store, table, version);
      if (commit.isEmpty()) {
        return Optional.empty();
      }

      changed.addAll(commit.get().changed());
    }

    return Optional.of(changed);
  }

  @Override
  public long commit(List<PreparedPartition> partitions, Map<String, List<DataFile>> files)
      throws IOException {
    String predicate =
        PartitionPredicate.of(
            partitions.stream().map(PreparedPartition::partition).toList(), state);
    List<Map<String, Object>> actions = actions(partitions, files);
    actions.addAll(removals(partitions, predicate));
    String said = ActionJson.json(Map.of("paritree", metadata));
    transaction.reads(predicate);
    return transaction.commit(ActionJson.written(actions), predicate, said);
  }

  @Override
  public OptionalLong committed() throws IOException {
    DeltaTransaction later = DeltaTransaction.begin(session, location);
    if (later.snapshot().version() < 0 || !later.knows(name)) {
      return OptionalLong.empty();
    }

    for (long version = state.version() + 1; version <= later.snapshot().version(); version++) {
      Optional<CommitFile> commit = CommitFile.read(store, table, version);
      if (commit.isPresent() && commit.get().transactions().contains(name)) {
        return OptionalLong.of(version);
      }
    }

    throw new IOException(
        "Cannot find the commit of %s in the log of table %s, which says that there is one"
            .formatted(name, location));
  }

  private List<Map<String, Object>> actions(
      List<PreparedPartition> partitions, Map<String, List<DataFile>> files) {
    long millis = System.currentTimeMillis();
    List<Map<String, Object>> actions = new ArrayList<>();
    actions.add(transaction(name, millis));
    for (PreparedPartition partition : partitions) {
      List<DataFile> own = files.get(partition.partition());
      if (own.isEmpty()) {
        actions.add(transaction(DeltaState.nameOfEmpty(partition.identity()), millis));
      }

      for (DataFile file : own) {
        Map<String, Object> add = new LinkedHashMap<>();
        add.put("path", logged(file));
        add.put("partitionValues", PartitionValue.texts(partition.partition()));
        add.put("size", file.bytes());
        add.put("modificationTime", millis);
        add.put("dataChange", true);
        add.put("stats", "{\"numRecords\":%s}".formatted(file.rows()));
        add.put("tags", tags(file, partition.identity(), own.size()));
        actions.add(Map.of("add", add));
      }
    }

    return actions;
  }

  private Map<String, String> tags(DataFile file, String identity, int filesOfPartition) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(DeltaState.IDENTITY_TAG, identity);
    tags.put(DeltaState.FILES_TAG, String.valueOf(filesOfPartition));
    tags.put(DeltaState.RUN_TAG, name);
    file.sha256().ifPresent(digest -> tags.put(DeltaState.SHA256_TAG, digest));
    return tags;
  }

  /** Returns the actions that remove all files of some partitions. */
  private List<Map<String, Object>> removals(List<PreparedPartition> partitions, String predicate) {
    Set<String> own =
        partitions.stream().map(PreparedPartition::partition).collect(Collectors.toSet());
    Set<String> otherwise = new HashSet<>(spelledOtherwise);
    otherwise.removeAll(own);
    own.addAll(PartitionPredicate.selected(session, otherwise, predicate, state));

    long millis = System.currentTimeMillis();
    List<Map<String, Object>> removals = new ArrayList<>();
    for (String partition : own) {
      for (DeltaFile file : known.getOrDefault(partition, List.of())) {
        Map<String, Object> remove = new LinkedHashMap<>();
        remove.put("path", file.path());
        remove.put("deletionTimestamp", millis);
        remove.put("dataChange", true);
        remove.put("extendedFileMetadata", true);
        remove.put("partitionValues", file.partitionValues());
        remove.put("size", file.size());
        file.deletionVector().ifPresent(vector -> remove.put("deletionVector", logged(vector)));
        removals.add(Map.of("remove", remove));
      }
    }

    return removals;
  }

  private static Map<String, Object> logged(DeletionVector vector) {
    Map<String, Object> logged = new LinkedHashMap<>();
    logged.put("storageType", vector.storageType());
    logged.put("pathOrInlineDv", vector.pathOrInlineDv());
    vector.offset().ifPresent(offset -> logged.put("offset", offset));
    logged.put("sizeInBytes", vector.sizeInBytes());
    logged.put("cardinality", vector.cardinality());
    return logged;
  }

  private static Map<String, Object> transaction(String name, long millis) {
    return Map.of("txn", Map.of("appId", name, "version", 0, "lastUpdated", millis));
  }

  /** Returns a file's path below the table as the log has it, a URI. */
  private static String logged(DataFile file) {
    return new Path(file.name()).toUri().toString();
  }

  @Override
  public boolean isProved(
      long version, List<PreparedPartition> partitions, Map<String, List<DataFile>> files)
      throws IOException {
    Optional<CommitFile> commit = CommitFile.read(store, table, version);
    Set<String> added =
        partitions.stream()
            .flatMap(partition -> files.get(partition.partition()).stream())
            .map(DeltaCommit::logged)
            .collect(Collectors.toSet());
    return commit.isPresent()
        && commit.get().transactions().contains(name)
        && commit.get().added().equals(added);
  }
}
