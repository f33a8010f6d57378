package io.paritree.spark.tables;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionValue;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Publisher.ReportBeforeMove;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes the partitions of a group by one commit: it adds the group's files, and removes all
 * others of its partitions. If the table is to be made, this is a part of it.
 *
 * <p>A reader sees the old rows or the new ones, and never a gap. If the run is killed, its files
 * are in the table's directory and in no commit: readers do not see them, and the table's own
 * cleaning removes them. Not thread-safe.
 */
public final class TableCommit {
  private static final int MOST_TRIES = 20;
  private static final int MOST_LOOKS = 5;
  private static final long FIRST_WAIT_NANOS = 100_000_000L;
  private static final long LONGEST_WAIT_NANOS = 5_000_000_000L;

  private final OutputTable table;
  private final String name;
  private final Map<String, String> metadata;
  private final StepObserver observer;
  private final CommittedIndexes indexes;
  private final OutputPlace place;

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
    this.name = name;
    this.metadata = new TreeMap<>(metadata);
    this.observer = observer;
    this.place = place;
    this.indexes = new CommittedIndexes(place);
  }

  /**
   * Publishes partitions: all of them, or nothing.
   *
   * @param files the files of each partition, by their paths below the directory of the table's
   *     files
   * @param report is called when all comparisons have passed, before the commit
   * @return the partitions that were published; the others were published with the same identity by
   *     another run meanwhile
   * @throws ConflictException if the rows of one were changed since the run began, or the columns
   *     of the table; then no version names any of the files, and they can be deleted. After any
   *     other failure one may
   */
  public List<String> publish(
      List<PreparedPartition> partitions,
      Map<String, List<DataFile>> files,
      ReportBeforeMove report)
      throws ConflictException, IOException {
    table.describe(partitions, files, place.calls());
    Exception last = null;
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      TableTransaction transaction = table.begin(name, metadata);
      List<PreparedPartition> open = open(partitions, transaction);
      List<String> published = open.stream().map(PreparedPartition::partition).toList();
      if (open.isEmpty()) {
        return published;
      }

      report.write(published);
      indexes.write(name, transaction.state(), published);
      observer.reached(Step.COMMIT_BEGUN);
      long version;
      try {
        version = transaction.commit(open, files);
      } catch (RuntimeException | IOException e) {
        OptionalLong made = committedInSpiteOf(e, transaction);
        if (made.isPresent()) {
          version = made.getAsLong();
        } else if (e instanceof ConcurrentModificationException) {
          last = e; // the next try finds out whether it has changed these partitions
          waitAfter(tries);
          continue;
        } else {
          throw e;
        }
      }

      observer.reached(Step.COMMITTED);
      if (!transaction.isProved(version, open, files)) {
        throw new IOException(
            "Cannot prove that the rows are published: version %s of table %s is not the commit of %s"
                .formatted(version, table.location(), name));
      }

      new WrittenPartitions(place, id(transaction)).add(name, version, open);
      observer.reached(Step.COMMIT_PROVED);
      table.isMade();
      return published;
    }

    throw new IOException(
        "Cannot publish to table %s: other transactions came first %s times"
            .formatted(table.location(), MOST_TRIES),
        last);
  }

  /**
   * Looks for the version that a commit has made although it failed: its answer was lost, or came
   * too late for the format's own next try, which took the commit for another writer's.
   *
   * @throws IOException if it cannot be found out
   */
  private OptionalLong committedInSpiteOf(Exception failure, TableTransaction transaction)
      throws IOException {
    for (int looks = 0; ; looks++) {
      try {
        return transaction.committed();
      } catch (RuntimeException | IOException e) {
        if (looks == MOST_LOOKS - 1) {
          IOException unknown =
              new IOException(
                  ("Cannot find out whether the rows are published: the commit to table %s failed, and its versions"
                          + " could not be read afterwards; run again, which says whether they are")
                      .formatted(table.location()),
                  failure);
          unknown.addSuppressed(e);
          throw unknown;
        }

        waitAfter(looks);
      }
    }
  }

  /** Returns the id of the table that a commit has gone to; empty if it cannot be found out. */
  private String id(TableTransaction committed) {
    if (committed.state().version() >= 0) {
      return committed.state().id();
    }

    try {
      return table.newest().id();
    } catch (RuntimeException e) {
      return ""; // the rows are published, and their files are marked
    }
  }

  /** Lets other writers end, for a time that grows and differs between them. */
  private static void waitAfter(int tries) {
    long longest = Math.min(LONGEST_WAIT_NANOS, FIRST_WAIT_NANOS << Math.min(tries, 10));
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest / 2, longest));
  }

  /** Returns the runs whose indexes belong to the newest version, by the partitions. */
  public Map<String, String> indexesNow() throws IOException {
    return indexes.of(table.newest());
  }

  /** Returns the partitions whose rows nobody has changed since the run began. */
  private List<PreparedPartition> open(
      List<PreparedPartition> partitions, TableTransaction transaction)
      throws ConflictException, IOException {
    TableState now = transaction.state();
    if (!table.isAsChecked(now)) {
      throw new ConflictException(
          "Cannot publish: the columns or properties of table %s have changed since this run began; run again"
              .formatted(table.location()));
    }

    List<PreparedPartition> open = new ArrayList<>();
    Set<String> conflicts = new TreeSet<>();
    Optional<Set<Map<String, String>>> changed = Optional.empty();
    boolean isAsked = false;
    for (PreparedPartition partition : partitions) {
      if (now.token(partition.partition()).equals(partition.before())) {
        open.add(partition);
      } else if (!now.isPublished(partition.partition(), partition.identity())) {
        if (!isAsked) {
          changed = transaction.changedSince(table.firstVersion());
          isAsked = true;
        }

        // If nothing says that it was not changed, it counts as changed.
        if (changed.isEmpty()
            || changed.get().contains(PartitionValue.texts(partition.partition()))) {
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
}
