package io.paritree.serving.stored;

import io.paritree.lookup.TableIndexes;
import io.paritree.output.DamagedFileException;
import io.paritree.output.DeltaLog;
import io.paritree.output.DeltaLog.Kind;
import io.paritree.serving.stored.UnservedPartition.Reason;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The log of a Delta table, as far as it says which run of the job has made the newest version.
 *
 * <p>The last commit that has changed rows must be of a run that has built indexes; what it has
 * written beside them says which belong to the version. Commits that change files and no rows
 * ({@code OPTIMIZE}) do not matter. Not thread-safe.
 */
final class TableLog {
  private static final int MAX_LIST = 16 << 20;
  private static final int MAX_ACTION = 4 << 20;
  private static final int MAX_TRANSACTIONS = 1_000;
  private static final long MAX_COMMIT = 1L << 30;

  /** How many commits of other writers are passed to find the last version of the job. */
  private static final int MAX_PASSED = 1_000;

  private final FileStore store;
  private final DeltaLog log;
  private FileEntry known;
  private Version version;

  /**
   * Which indexes belong to a version.
   *
   * @param runs as in {@link TableIndexes}
   * @param refusal why this is an older version than the newest, or none; empty if it is the newest
   */
  record Version(Map<String, String> runs, Optional<UnservedPartition> refusal) {}

  /** What a commit has done: whether it has changed rows, and in whose names. */
  private record Commit(boolean hasChanged, Set<String> transactions) {}

  /** A commit of a run that has built indexes, by the name of the run's directory. */
  private record RunCommit(String name, TableIndexes indexes) {
    private Set<String> partitions() {
      return indexes.runs().entrySet().stream()
          .filter(run -> run.getValue().equals(name))
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }
  }

  TableLog(FileStore store, Location table) {
    this.store = store;
    this.log = new DeltaLog(store, table, MAX_ACTION);
  }

  /** Returns whether the output is a table. */
  boolean exists() throws IOException {
    return store.find(log.directory()).isPresent();
  }

  /**
   * Returns which indexes belong to the newest version, or to the last one before it that has any.
   *
   * @param built the directory of the table's indexes
   */
  Version newest(Location built) throws IOException {
    FileEntry newest = log.newest();
    if (!newest.equals(known)) {
      version = version(built, DeltaLog.version(newest));
      boolean isDamaged =
          version.refusal().filter(why -> why.reason() == Reason.DAMAGED).isPresent();
      known = isDamaged ? null : newest; // a damaged file may be mended
    }

    return version;
  }

  private Version version(Location built, long newest) throws IOException {
    List<UnservedPartition> refusals = new ArrayList<>(); // of newer versions
    long oldest = Math.max(0, newest - MAX_PASSED);
    boolean isGone = false;
    for (long version = newest; !isGone && version >= oldest; version--) {
      try {
        Commit commit = commit(version);
        Optional<RunCommit> own = own(built, commit);
        if (own.isPresent()) {
          Map<String, String> runs = withOthers(built, own.get(), version);
          return new Version(runs, refusals.stream().findFirst());
        } else if (commit.hasChanged()) {
          throw refused(version);
        }
      } catch (ForeignVersionException e) {
        refusals.add(UnservedPartition.table(Reason.FOREIGN_VERSION, e));
        isGone = e.isGone;
      } catch (DamagedFileException | UnfitFileException e) {
        refusals.add(UnservedPartition.table(Reason.DAMAGED, e));
      }
    }

    refusals.add(UnservedPartition.table(Reason.FOREIGN_VERSION, refused(newest)));
    return new Version(Map.of(), refusals.stream().findFirst());
  }

  /** Adds what other runs have committed between a run's commit and the version it is based on. */
  private Map<String, String> withOthers(Location built, RunCommit own, long version)
      throws IOException {
    Map<String, String> runs = new TreeMap<>(own.indexes().runs());
    for (long other = own.indexes().base() + 1; other < version; other++) {
      Commit commit = commit(other);
      Optional<RunCommit> between = own(built, commit);
      if (between.isEmpty() && commit.hasChanged()) {
        throw refused(other);
      }

      for (String partition : between.map(RunCommit::partitions).orElse(Set.of())) {
        if (!own.partitions().contains(partition)) {
          runs.put(partition, between.get().name());
        }
      }
    }

    return runs;
  }

  /** No index has the rows of a version. */
  private static final class ForeignVersionException extends IOException {
    private final boolean isGone;

    private ForeignVersionException(long version, boolean isGone) {
      super(
          ("version %s of the table was not written by scripts/score --lookup-index, so no index has its"
                  + " rows; the next such run makes one")
              .formatted(version));
      this.isGone = isGone;
    }
  }

  private static ForeignVersionException refused(long version) {
    return new ForeignVersionException(version, false);
  }

  private Optional<RunCommit> own(Location built, Commit commit) throws IOException {
    for (String name : commit.transactions()) {
      try {
        Location file = built.resolve(name).resolve(TableIndexes.FILE);
        byte[] content = store.readAtMost(file, MAX_LIST);
        return Optional.of(new RunCommit(name, TableIndexes.fromJson(content, file.toString())));
      } catch (NoSuchFileException | IllegalArgumentException e) {
        // not the name of a run with indexes
      }
    }

    return Optional.empty();
  }

  private Commit commit(long version) throws IOException {
    Location file = log.commit(version);
    boolean[] hasChanged = {false};
    Set<String> transactions = new TreeSet<>();
    if (store.find(file).isPresent() && store.regular(file).bytes() > MAX_COMMIT) {
      throw new DamagedFileException(
          "Cannot read %s: it has more than %s bytes, which is more than is read"
              .formatted(file, MAX_COMMIT));
    }

    try {
      log.read(
          version,
          action -> {
            // A protocol may say that rows are elsewhere.
            hasChanged[0] |= action.changesRows() || action.kind() == Kind.PROTOCOL;
            if (action.kind() == Kind.TRANSACTION && transactions.add(action.name())) {
              limit(transactions, file);
            }
          });
    } catch (NoSuchFileException e) {
      throw new ForeignVersionException(version, true);
    }

    return new Commit(hasChanged[0], transactions);
  }

  private static void limit(Set<String> transactions, Location file) throws DamagedFileException {
    if (transactions.size() > MAX_TRANSACTIONS) {
      throw new DamagedFileException(
          "Cannot read %s: got more, expected at most %s transactions"
              .formatted(file, MAX_TRANSACTIONS));
    }
  }
}
