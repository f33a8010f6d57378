package io.paritree.spark.tables.delta;

import io.paritree.spark.tables.delta.DeltaFile.DeletionVector;
import io.paritree.spark.versions.ReadRelation;
import io.paritree.spark.versions.SparkLists;
import io.paritree.spark.versions.SparkVersion;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.types.StructType;

/**
 * A version of a Delta table: what Delta's own reader has found in the table's log.
 *
 * <p>Delta has no public interface for this. It is not on the class path when the job is compiled,
 * and need not be there when it runs; its methods are found by name.
 */
final class DeltaSnapshot {
  private static final String KERNEL = "io.delta.kernel.defaults.engine.DefaultEngine";
  private static final String FILE_INDEX = "org.apache.spark.sql.delta.files.TahoeLogFileIndex";

  private static final String LOG_TASKS = "spark.databricks.delta.snapshotPartitions";

  /** Delta's own number of tasks for each step of reading a log, of any size. */
  private static final int MAX_LOG_TASKS = 50;

  /** A task keeps the actions of this much of a log in memory: at most some ten thousand files. */
  private static final long LOG_BYTES_PER_TASK = 1 << 20;

  private final Object snapshot;
  private final Object metadata;
  private final Object log;

  private DeltaSnapshot(Object snapshot, Object log) {
    this.snapshot = snapshot;
    this.metadata = SparkLists.call(snapshot, "metadata");
    this.log = log;
  }

  /**
   * @param log the table's log, as Delta knows it
   */
  static DeltaSnapshot of(Object snapshot, Object log) {
    DeltaSnapshot made = new DeltaSnapshot(snapshot, log);
    made.limitTasks(SparkSession.active());
    return made;
  }

  /**
   * Lets a session read a small log in few tasks, unless the user has set how many: most tables are
   * small, and many tasks without work take seconds on few cores. The largest log of a session
   * counts, because Delta may read it again after a smaller table's.
   *
   * <p>Delta uses the settings of the active session, and of the session that plans a query.
   */
  void limitTasks(SparkSession session) {
    if (session.sparkContext().getConf().contains(LOG_TASKS)) {
      return;
    }

    long bytes =
        (long) SparkLists.call(snapshot, "checkpointSizeInBytes")
            + (long) SparkLists.call(snapshot, "deltaFileSizeInBytes");
    long tasks = Math.min(MAX_LOG_TASKS, 1 + bytes / LOG_BYTES_PER_TASK);
    long before = Long.parseLong(session.conf().get(LOG_TASKS, "1"));
    session.conf().set(LOG_TASKS, Math.max(before, tasks));
  }

  /** Returns the version of a table that was read; empty if it is no Delta table. */
  static Optional<DeltaSnapshot> of(Dataset<Row> read) {
    if (ReadRelation.of(read) instanceof LogicalRelation relation
        && relation.relation() instanceof HadoopFsRelation files
        && files.location().getClass().getName().equals(FILE_INDEX)) {
      Object index = files.location();
      return Optional.of(
          of(SparkLists.call(index, "getSnapshot"), SparkLists.call(index, "deltaLog")));
    }

    return Optional.empty();
  }

  long version() {
    return (long) SparkLists.call(snapshot, "version");
  }

  String tableId() {
    return (String) SparkLists.call(metadata, "id");
  }

  /** Returns the table's directory, qualified. */
  Path location() {
    return (Path) SparkLists.call(log, "dataPath");
  }

  StructType schema() {
    return (StructType) SparkLists.call(snapshot, "schema");
  }

  List<String> partitionColumns() {
    return SparkLists.list(metadata, "partitionColumns");
  }

  /**
   * Returns the names of the transactions that the table knows.
   *
   * <p>Delta sums up its log for that, which takes it three of Spark's jobs.
   */
  Set<String> transactions() {
    Set<String> names = new HashSet<>();
    for (Object transaction : SparkLists.list(snapshot, "setTransactions")) {
      names.add((String) SparkLists.call(transaction, "appId"));
    }

    return names;
  }

  /** Returns what of the table this job cannot honour, as ends of sentences about it. */
  List<String> unfitFeatures() {
    return DeltaFeatures.problems(metadata, SparkLists.call(snapshot, "protocol"), schema());
  }

  /** Returns the table's columns, properties and features as a text. */
  String definition() {
    return "%s %s %s %s"
        .formatted(
            schema().json(),
            partitionColumns(),
            SparkLists.call(metadata, "configuration"),
            SparkLists.call(snapshot, "protocol"));
  }

  /**
   * Returns the data files.
   *
   * <p>They are read by Kernel, where it is there and can read such a table, and otherwise by two
   * of Spark's jobs.
   */
  List<DeltaFile> files() {
    if (version() >= 0 && SparkVersion.hasClass(KERNEL)) {
      Configuration hadoop = (Configuration) SparkLists.call(log, "newDeltaHadoopConf");
      try {
        return DeltaKernel.files(hadoop, location().toString(), version());
      } catch (RuntimeException | LinkageError | IOException e) {
        // Delta knows more tables than Kernel, and has the better message for a problem of one.
      }
    }

    return filesBySpark();
  }

  List<DeltaFile> filesBySpark() {
    Dataset<Row> added = ((Dataset<?>) SparkLists.call(snapshot, "allFiles")).toDF();
    return added
        .select("path", "partitionValues", "size", "modificationTime", "tags", "deletionVector")
        .collectAsList()
        .stream()
        .map(DeltaSnapshot::file)
        .toList();
  }

  private static DeltaFile file(Row added) {
    Map<String, String> tags =
        added.isNullAt(4) ? Map.of() : new HashMap<>(added.<String, String>getJavaMap(4));
    Row vector = added.getStruct(5);
    return new DeltaFile(
        added.getString(0),
        new HashMap<>(added.<String, String>getJavaMap(1)),
        added.getLong(2),
        added.getLong(3),
        tags,
        vector == null
            ? Optional.empty()
            : Optional.of(
                new DeletionVector(
                    vector.getAs("storageType"),
                    vector.getAs("pathOrInlineDv"),
                    vector.getAs("offset") == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(vector.<Integer>getAs("offset")),
                    vector.<Integer>getAs("sizeInBytes"),
                    vector.<Long>getAs("cardinality"))));
  }
}
