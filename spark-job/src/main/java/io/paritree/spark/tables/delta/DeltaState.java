package io.paritree.spark.tables.delta;

import io.paritree.spark.tables.PartitionText;
import io.paritree.spark.tables.TableState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.types.StructType;

/**
 * What a version of a Delta table says about its partitions.
 *
 * <p>Each file that a run adds has the run's identity, and how many files the partition has, as
 * tags. Whatever another writer does to a partition leaves files without these tags, fewer files,
 * or a deletion vector. So the tags say what the last commit to the partition was, without a search
 * through the history. A partition without rows has no file: there the table's list of transactions
 * has the identity.
 *
 * <p>Thread-safe.
 */
final class DeltaState extends TableState {
  static final String IDENTITY_TAG = "paritree.identity";
  static final String FILES_TAG = "paritree.files";
  static final String RUN_TAG = "paritree.run";
  static final String SHA256_TAG = "paritree.sha256";

  private final DeltaSnapshot snapshot;
  private final Map<String, List<DeltaFile>> files = new HashMap<>();
  private Set<String> transactions; // null until they are asked for

  private DeltaState(DeltaSnapshot snapshot, StructType schema) {
    super(
        snapshot.version(),
        snapshot.tableId(),
        () -> schema,
        snapshot.partitionColumns(),
        snapshot.definition());
    this.snapshot = snapshot;
    for (DeltaFile file : snapshot.files()) {
      String partition = PartitionText.path(partitionColumns(), file.partitionValues());
      files.computeIfAbsent(partition, name -> new ArrayList<>()).add(file);
    }
  }

  static DeltaState of(DeltaSnapshot snapshot) {
    return new DeltaState(snapshot, snapshot.schema());
  }

  DeltaSnapshot snapshot() {
    return snapshot;
  }

  /** Returns whether a snapshot is the same version of the same table. */
  boolean isOf(DeltaSnapshot other) {
    return other.version() == snapshot.version() && other.tableId().equals(snapshot.tableId());
  }

  @Override
  public Set<String> partitions() {
    return files.keySet();
  }

  @Override
  public Set<String> identities(String partition) {
    return files.getOrDefault(partition, List.of()).stream()
        .flatMap(file -> Stream.ofNullable(file.tags().get(IDENTITY_TAG)))
        .collect(Collectors.toSet());
  }

  /** Returns the files by the paths of their partitions, whose values are as the log has them. */
  Map<String, List<DeltaFile>> files() {
    return files;
  }

  /** Returns the partitions whose values are not as the job would write them. */
  Set<String> spelledOtherwise() {
    return files.keySet().stream()
        .filter(partition -> !PartitionText.isAsWritten(partition, schema()))
        .collect(Collectors.toSet());
  }

  @Override
  public Set<String> files(String partition) {
    return texts(partition, file -> "%s %s".formatted(file.path(), deleted(file)));
  }

  @Override
  public Set<String> marks(String partition) {
    return texts(
        partition,
        file ->
            "%s %s%s"
                .formatted(
                    file.tags().get(IDENTITY_TAG), file.tags().get(FILES_TAG), deleted(file)));
  }

  private Set<String> texts(String partition, Function<DeltaFile, String> text) {
    return files.getOrDefault(partition, List.of()).stream()
        .map(text)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns where the numbers of a file's deleted rows are; empty if none is deleted. */
  private static String deleted(DeltaFile file) {
    return file.deletionVector().map(vector -> " " + vector).orElse("");
  }

  /** Reads the transactions once, whatever many threads ask at the same time. */
  @Override
  public synchronized boolean hasEmpty(String identity) {
    if (transactions == null) {
      transactions = snapshot.transactions();
    }

    return transactions.contains(nameOfEmpty(identity));
  }

  @Override
  public Map<String, String> runs() {
    Map<String, String> writers = new TreeMap<>();
    for (String partition : files.keySet()) {
      String mark = String.join("\n", marks(partition));
      if (mark.matches("[0-9a-f]+ " + files(partition).size())) {
        Set<String> runs = texts(partition, file -> file.tags().getOrDefault(RUN_TAG, ""));
        writers.put(partition, String.join("\n", runs));
      }
    }

    return writers;
  }

  /** Returns the name of a transaction that leaves a partition without rows. */
  static String nameOfEmpty(String identity) {
    return "paritree without rows " + identity;
  }
}
