package io.paritree.serving.stored;

import java.util.concurrent.TimeUnit;

/**
 * A look at files that has found something wrong with them.
 *
 * <p>The same files are read again once they have changed, or after a while: a store may have
 * answered with half a file, and files may be restored with the lengths and times that they had.
 *
 * @param files a text that describes them as they were listed before they were read
 * @param endedNanos nanosecond clock
 * @param pauseNanos how long the same files are not read again
 */
record DamagedReading(String files, long endedNanos, long pauseNanos) {
  private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** A look at large files takes long, so it is repeated less often. */
  private static final int TIMES = 20;

  static DamagedReading of(String files, long beganNanos, long endedNanos) {
    return new DamagedReading(
        files, endedNanos, Math.max(LEAST_NANOS, TIMES * (endedNanos - beganNanos)));
  }

  /** Returns whether these files need not be read again now. */
  boolean isStillTrueOf(String now, long nanos) {
    return files.equals(now) && nanos - endedNanos < pauseNanos;
  }
}
