package io.paritree.spark.commit;

import io.paritree.spark.input.PartitionValue;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.DataFile;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Publisher.LastWords;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.versions.DeltaTransaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * Publishes the partitions of a group by one commit: it adds the group's files, and removes all
 * others of its partitions.
 *
 * <p>A reader sees the old rows or the new ones, and never a gap. If the run is killed, its files
 * are in the table's directory and in no commit: readers do not see them, and {@code VACUUM}
 * removes them. Not thread-safe.
 */
public final class TableCommit {
  private static final int MOST_TRIES = 20;

  private final OutputTable table;
  private final OutputPlace place;
  private final String name;
  private final Map<String, String> metadata;
  private final StepObserver observer;
  private final CommittedIndexes indexes;

  /**
   * @param place the table's directory
   * @param name the name of the run and its group, which no other group has
   * @param metadata what the commit says about the run
   */
  public TableCommit(
      OutputTable table,
      OutputPlace place,
      String name,
      Map<String, String> metadata,
      StepObserver observer) {
    this.table = table;
    this.place = place;
    this.name = name;
    this.metadata = new TreeMap<>(metadata);
    this.observer = observer;
    this.indexes = new CommittedIndexes(place);
  }

  /**
   * Publishes partitions: all of them, or nothing.
   *
   * @param files the files of each partition, by their paths below the table
   * @param lastWords is called when all comparisons have passed, before the commit
   * @return the partitions that were published; the others were published with the same identity by
   *     another run meanwhile
   * @throws ConflictException if the rows of one were changed since the run began, or the columns
   *     of the table
   */
  public List<String> publish(
      List<PreparedPartition> partitions, Map<String, List<DataFile>> files, LastWords lastWords)
      throws ConflictException, IOException {
    RuntimeException last = null;
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      DeltaTransaction transaction = DeltaTransaction.begin(table.session(), table.location());
      TableState now = TableState.of(transaction.snapshot());
      List<PreparedPartition> open = open(partitions, now);
      List<String> published = open.stream().map(PreparedPartition::partition).toList();
      if (open.isEmpty()) {
        return published;
      }

      lastWords.write(published);
      indexes.write(name, now, published);
      observer.reached(Step.COMMIT_BEGUN);
      long version;
      try {
        version = commit(transaction, open, files, now);
      } catch (ConcurrentModificationException e) {
        last = e; // the next try finds out whether it has changed these partitions
        continue;
      } catch (RuntimeException e) {
        version = versionInSpiteOf(e, now.version());
      }

      observer.reached(Step.COMMITTED);
      prove(version, open, files);
      observer.reached(Step.COMMIT_PROVED);
      return published;
    }

    throw new IOException(
        "Cannot publish to table %s: other transactions came first %s times"
            .formatted(table.location(), MOST_TRIES),
        last);
  }

  /**
   * Returns the version that a commit has made although it failed, for instance because the answer
   * of the store was lost.
   *
   * @throws RuntimeException the failure, if it has made none
   */
  private long versionInSpiteOf(RuntimeException failure, long before) throws IOException {
    DeltaTransaction later = DeltaTransaction.begin(table.session(), table.location());
    long version = before + 1;
    while (later.knows(name) && version <= later.snapshot().version()) {
      Optional<CommitFile> commit = CommitFile.read(place.store(), place.output(), version);
      if (commit.isPresent() && commit.get().transactions().contains(name)) {
        return version;
      }

      version++;
    }

    throw failure;
  }

  /** Returns the partitions whose rows nobody has changed since the run began. */
  private List<PreparedPartition> open(List<PreparedPartition> partitions, TableState now)
      throws ConflictException, IOException {
    if (table.state().isEmpty() || !now.isDefinedLike(table.state().get())) {
      throw new ConflictException(
          "Cannot publish: the columns or properties of table %s have changed since this run began; run again"
              .formatted(table.location()));
    }

    List<PreparedPartition> open = new ArrayList<>();
    Set<String> conflicts = new TreeSet<>();
    Optional<Set<Map<String, String>>> changed = Optional.empty();
    for (PreparedPartition partition : partitions) {
      if (now.token(partition.partition()).equals(partition.before())) {
        open.add(partition);
      } else if (!now.isPublished(partition.partition(), partition.identity())) {
        if (changed.isEmpty()) {
          changed = Optional.of(changedSince(now.version(), partitions));
        }

        if (changed.get().contains(values(partition.partition()))) {
          conflicts.add(partition.partition().isEmpty() ? "the table" : partition.partition());
        } else {
          open.add(partition); // its files were rewritten, with the same rows
        }
      }
    }

    if (!conflicts.isEmpty()) {
      throw new ConflictException(
          "Cannot publish: since this run began, another writer has changed %s in table %s; run again to"
                  .formatted(String.join(", ", conflicts), table.location())
              + " replace what it wrote");
    }

    return open;
  }

  /** Returns the partitions whose rows were changed since the table was opened. */
  private Set<Map<String, String>> changedSince(long now, List<PreparedPartition> partitions)
      throws IOException {
    Set<Map<String, String>> changed = new HashSet<>();
    for (long version = table.firstVersion() + 1; version <= now; version++) {
      Optional<CommitFile> commit = CommitFile.read(place.store(), place.output(), version);
      if (commit.isEmpty()) {
        // Nothing says that it has not changed them.
        return partitions.stream()
            .map(partition -> values(partition.partition()))
            .collect(Collectors.toSet());
      }

      changed.addAll(commit.get().changed());
    }

    return changed;
  }

  private static Map<String, String> values(String partition) {
    Map<String, String> values = new LinkedHashMap<>();
    for (PartitionValue value : PartitionValue.ofPath(partition)) {
      values.put(value.column(), value.isNull() ? null : value.value());
    }

    return values;
  }

  private long commit(
      DeltaTransaction transaction,
      List<PreparedPartition> open,
      Map<String, List<DataFile>> files,
      TableState now)
      throws IOException {
    long millis = System.currentTimeMillis();
    List<Map<String, Object>> actions = new ArrayList<>();
    actions.add(transaction(name, millis));
    for (PreparedPartition partition : open) {
      List<DataFile> own = files.get(partition.partition());
      if (own.isEmpty()) {
        actions.add(transaction(TableState.nameOfEmpty(partition.identity()), millis));
      }

      for (DataFile file : own) {
        Map<String, Object> add = new LinkedHashMap<>();
        add.put("path", logged(file));
        add.put("partitionValues", values(partition.partition()));
        add.put("size", file.bytes());
        add.put("modificationTime", millis);
        add.put("dataChange", true);
        add.put("stats", "{\"numRecords\":%s}".formatted(file.rows()));
        add.put(
            "tags",
            Map.of(
                TableState.IDENTITY_TAG,
                partition.identity(),
                TableState.FILES_TAG,
                String.valueOf(own.size()),
                TableState.RUN_TAG,
                name));
        actions.add(Map.of("add", add));
      }
    }

    String predicate = PartitionPredicate.of(open, now);
    return transaction.commit(
        transaction.removals(predicate),
        CommitFile.written(actions),
        predicate,
        CommitFile.json(Map.of("paritree", metadata)));
  }

  private static Map<String, Object> transaction(String name, long millis) {
    return Map.of("txn", Map.of("appId", name, "version", 0, "lastUpdated", millis));
  }

  /** Returns a file's path below the table as the log has it, a URI. */
  private static String logged(DataFile file) {
    return new Path(file.name()).toUri().toString();
  }

  /** Makes sure that the log has this commit, with all files and in this run's name. */
  private void prove(long version, List<PreparedPartition> open, Map<String, List<DataFile>> files)
      throws IOException {
    Optional<CommitFile> commit = CommitFile.read(place.store(), place.output(), version);
    Set<String> added =
        open.stream()
            .flatMap(partition -> files.get(partition.partition()).stream())
            .map(TableCommit::logged)
            .collect(Collectors.toSet());
    if (commit.isEmpty()
        || !commit.get().transactions().contains(name)
        || !commit.get().added().equals(added)) {
      throw new IOException(
          "Cannot prove that the rows are published: version %s of table %s is not the commit of %s"
              .formatted(version, table.location(), name));
    }
  }
}
