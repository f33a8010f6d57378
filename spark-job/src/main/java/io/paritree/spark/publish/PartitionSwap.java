package io.paritree.spark.publish;

import java.io.IOException;
import java.util.Optional;

/**
 * Replaces the old rows of one partition with the staged ones. Old rows are also those in {@link
 * PreparedPartition#others}: they go first, and come back last.
 *
 * <p>Each method may be called again after it failed or its process was killed, also by another
 * run; only the holder of the output's lock may call them.
 */
sealed interface PartitionSwap permits DirectorySwap, FileSwap {

  /** Returns the swap that the output's store allows. */
  static PartitionSwap of(
      OutputPlace place, RunDirectory run, PreparedPartition partition, OutputLock lock)
      throws IOException {
    return place.renamesDirectoriesWhole()
        ? new DirectorySwap(place, run, partition)
        : new FileSwap(place, run, partition, lock);
  }

  /** Returns whether the swap is not complete. */
  boolean isOpen() throws IOException;

  /**
   * Compares the staged rows, file by file, with their manifest.
   *
   * @return a file that is not there with its length; empty if the rows are complete
   */
  Optional<String> missing() throws IOException;

  /** Moves the old rows away, if there are any, and the new ones in. */
  void move(StepObserver observer) throws IOException;

  /** Moves the new rows back if they were moved, and then the old ones. */
  void undo() throws IOException;
}
