package io.paritree.spark.publish;

import io.paritree.store.CallsAtOnce;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Replaces the old rows of one partition with the staged ones. Old rows are also those in {@link
 * PreparedPartition#others}: they go first, and come back last.
 *
 * <p>Each method may be called again after it failed or its process was killed, also by another
 * run; only the holder of the output's lock may call them. The swaps of one run do not depend on
 * each other: many may be at work at the same time, one thread for each.
 */
sealed interface PartitionSwap permits DirectorySwap, FileSwap {

  /** Returns the swaps that the output's store allows, in the order of the partitions. */
  static List<PartitionSwap> of(
      OutputPlace place, RunDirectory run, List<PreparedPartition> partitions, OutputLock lock)
      throws IOException {
    CallsAtOnce calls = place.calls().ofEach(partitions.size());
    boolean isWhole = place.renamesDirectoriesWhole();
    List<PartitionSwap> swaps = new ArrayList<>();
    for (PreparedPartition partition : partitions) {
      swaps.add(
          isWhole
              ? new DirectorySwap(place, run, partition)
              : new FileSwap(place, run, partition, lock, calls));
    }

    return swaps;
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
