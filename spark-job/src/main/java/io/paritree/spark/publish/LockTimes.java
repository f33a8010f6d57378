package io.paritree.spark.publish;

import java.time.Duration;

/**
 * How long signs of life last on stores that know no file locks.
 *
 * @param beat how often a living process rewrites its sign
 * @param stale after how long without change it counts as dead, by the watcher's monotonic clock
 */
public record LockTimes(Duration beat, Duration stale) {
  /** A beat every 10 seconds, dead after 60. */
  public static final LockTimes DEFAULT =
      new LockTimes(Duration.ofSeconds(10), Duration.ofSeconds(60));

  public LockTimes {
    if (beat.isNegative() || beat.isZero() || stale.compareTo(beat.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "Cannot use a beat of %s and death after %s: at least two beats must fit"
              .formatted(beat, stale));
    }
  }
}
