package io.paritree.spark.tables;

import io.paritree.output.DataFile;
import io.paritree.spark.publish.PreparedPartition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One attempt to commit to a table: it begins with the newest version, and reads no other one. */
public interface TableTransaction {

  /** Returns the version that it began with. */
  TableState state();

  /**
   * Returns the partitions whose rows were changed since a version, by the values of the partition
   * columns. What changes files and no rows, such as {@code OPTIMIZE}, changes none.
   *
   * @return empty if the table no longer knows all that
   */
  Optional<Set<Map<String, String>>> changedSince(long version) throws IOException;

  /**
   * Commits: adds files, and removes all others of their partitions. Whatever it throws, it may
   * have committed: the answer may be lost, or be another one. {@link #committed} says so.
   *
   * @param files of each partition, by their paths below the directory of the table's files
   * @return the version that the commit has made
   * @throws java.util.ConcurrentModificationException if another transaction came first and has, or
   *     may have, changed the same partitions
   */
  long commit(List<PreparedPartition> partitions, Map<String, List<DataFile>> files)
      throws IOException;

  /**
   * Looks for a commit of this name that was made since the version that this transaction began
   * with, among all that the table has by now.
   *
   * @return the version that it has made; empty if there is none
   */
  OptionalLong committed() throws IOException;

  /**
   * Returns whether a version comes from this transaction's commit, and has added exactly these
   * files.
   */
  boolean isProved(
      long version, List<PreparedPartition> partitions, Map<String, List<DataFile>> files)
      throws IOException;
}
