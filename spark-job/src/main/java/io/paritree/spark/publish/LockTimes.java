package io.paritree.spark.publish;

import java.time.Duration;

/**
 * The times of signs of life on stores without file locks.
 *
 * @param beat the interval at which a process rewrites its sign of life
 * @param stale the time without a change of the sign after which the process counts as dead, by the
 *     monotonic clock of the process that watches
 */
public record LockTimes(Duration beat, Duration stale) {
  /** A beat every 10 seconds; dead after 60 seconds without one. */
  public static final LockTimes DEFAULT =
      new LockTimes(Duration.ofSeconds(10), Duration.ofSeconds(60));

  public LockTimes {
    if (beat.isNegative() || beat.isZero() || stale.compareTo(beat.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException(
          "Cannot use a beat of %s and death after %s: death must come after at least two beats"
              .formatted(beat, stale));
    }
  }
}
