package io.paritree.spark.commit;

import io.paritree.spark.versions.DeltaSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
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
 * <p>Not thread-safe.
 */
final class DeltaState implements TableState {
  static final String IDENTITY_TAG = "paritree.identity";
  static final String FILES_TAG = "paritree.files";
  static final String RUN_TAG = "paritree.run";

  private final DeltaSnapshot snapshot;
  private final StructType schema;
  private final List<String> partitionColumns;
  private final Map<String, Set<String>> files = new HashMap<>();
  private final Map<String, Set<String>> tags = new HashMap<>();
  private final Map<String, Set<String>> runs = new HashMap<>();
  private Set<String> transactions; // null until they are asked for

  private DeltaState(DeltaSnapshot snapshot) {
    this.snapshot = snapshot;
    this.schema = snapshot.schema();
    this.partitionColumns = snapshot.partitionColumns();
    for (Row file :
        snapshot
            .files()
            .selectExpr(
                "partitionValues",
                "concat_ws(' ', path, to_json(deletionVector))",
                "concat_ws(' ', tags['%s'], tags['%s'], to_json(deletionVector))"
                    .formatted(IDENTITY_TAG, FILES_TAG),
                "coalesce(tags['%s'], '')".formatted(RUN_TAG))
            .collectAsList()) {
      Map<String, String> values = file.getJavaMap(0);
      String partition = PartitionText.path(partitionColumns, values);
      files.computeIfAbsent(partition, name -> new TreeSet<>()).add(file.getString(1));
      tags.computeIfAbsent(partition, name -> new TreeSet<>()).add(file.getString(2));
      runs.computeIfAbsent(partition, name -> new TreeSet<>()).add(file.getString(3));
    }
  }

  static DeltaState of(DeltaSnapshot snapshot) {
    return new DeltaState(snapshot);
  }

  DeltaSnapshot snapshot() {
    return snapshot;
  }

  /** Returns whether a snapshot is the same version of the same table. */
  boolean isOf(DeltaSnapshot other) {
    return other.version() == snapshot.version() && other.tableId().equals(snapshot.tableId());
  }

  @Override
  public long version() {
    return snapshot.version();
  }

  @Override
  public StructType schema() {
    return schema;
  }

  @Override
  public List<String> partitionColumns() {
    return partitionColumns;
  }

  @Override
  public Set<String> files(String partition) {
    return files.getOrDefault(partition, Set.of());
  }

  @Override
  public Set<String> marks(String partition) {
    return tags.getOrDefault(partition, Set.of());
  }

  @Override
  public boolean hasEmpty(String identity) {
    if (transactions == null) {
      transactions = snapshot.transactions();
    }

    return transactions.contains(nameOfEmpty(identity));
  }

  @Override
  public Map<String, String> runs() {
    Map<String, String> writers = new TreeMap<>();
    runs.forEach(
        (partition, names) -> {
          String tag = String.join("\n", tags.get(partition));
          if (tag.matches("[0-9a-f]+ " + files.get(partition).size())) {
            writers.put(partition, String.join("\n", names));
          }
        });
    return writers;
  }

  /** Returns the name of a transaction that leaves a partition without rows. */
  static String nameOfEmpty(String identity) {
    return "paritree without rows " + identity;
  }

  @Override
  public String definition() {
    return snapshot.definition();
  }
}
