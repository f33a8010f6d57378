package io.paritree.spark.publish;

import java.io.IOException;

/** The right to move the partitions of one output; at most one run holds it at a time. */
interface OutputLock extends AutoCloseable {

  /**
   * Waits until the lock is free and takes it.
   *
   * @param run the name of the directory of the run that publishes
   */
  static OutputLock take(OutputPlace place, String run, LockTimes times, Watch watch)
      throws IOException {
    place.store().createDirectories(place.lock());
    return place.lock().isLocal()
        ? LocalOutputLock.take(place)
        : NumberedOutputLock.take(place, run, times, watch);
  }

  /**
   * Makes sure that no other run has taken over the lock.
   *
   * @throws LostLockException if one has: this run must change nothing more
   */
  void confirm() throws IOException;

  @Override
  void close() throws IOException;
}
