package io.paritree.spark.tables;

import io.paritree.output.DeltaLog;
import io.paritree.output.DeltaLog.Kind;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one commit did to a Delta table, read from the table's log.
 *
 * @param changed the partitions whose rows it changed, by the values of the partition columns
 * @param added the paths of the files that it added, as the log has them
 * @param transactions the names of the transactions that it records
 */
public record CommitFile(
    Set<Map<String, String>> changed, Set<String> added, Set<String> transactions) {
  /**
   * Reads a commit.
   *
   * @return empty if the log no longer has it
   */
  public static Optional<CommitFile> read(FileStore store, Location table, long version)
      throws IOException {
    CommitFile commit = new CommitFile(new HashSet<>(), new HashSet<>(), new HashSet<>());
    try {
      new DeltaLog(store, table, Integer.MAX_VALUE).read(version, commit::add);
      return Optional.of(commit);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void add(DeltaLog.Action action) {
    if (action.changesRows()) {
      changed.add(action.partition());
    }

    if (action.kind() == Kind.ADD) {
      added.add(action.name());
    } else if (action.kind() == Kind.TRANSACTION) {
      transactions.add(action.name());
    }
  }
}
