package io.paritree.spark.publish;

import java.io.IOException;

/** The right to move partitions of one output; at most one process has it. */
interface OutputLock extends AutoCloseable {

  /**
   * Waits until the lock is free and takes it.
   *
   * @param run the directory of the run that publishes
   */
  static OutputLock take(OutputPlace place, String run, LockTimes times, Watch watch)
      throws IOException {
    place.store().createDirectories(place.lock());
    return place.lock().isLocal()
        ? LocalOutputLock.take(place)
        : NumberedOutputLock.take(place, run, times, watch);
  }

  /** Frees the lock. */
  @Override
  void close() throws IOException;
}
