package io.paritree.spark.publish;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Measures how long the content of each watched file has not changed. Not thread-safe. */
final class Watch {
  private record Seen(String content, long sinceNanos) {}

  private final Map<String, Seen> seen = new HashMap<>();
  private final LongSupplier nanos;

  /**
   * @param nanos a monotonic clock, in nanoseconds
   */
  Watch(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Records a file's content, and returns for how long it has been the same. */
  Duration unchanged(String file, String content) {
    long now = nanos.getAsLong();
    Seen last = seen.get(file);
    if (last == null || !last.content.equals(content)) {
      seen.put(file, new Seen(content, now));
      return Duration.ZERO;
    }

    return Duration.ofNanos(now - last.sinceNanos);
  }
}
