package io.paritree.serving.metrics;

import java.util.OptionalDouble;
import java.util.stream.LongStream;

/** How many requests were answered, by kind of status and by duration. Not thread-safe. */
final class AnsweredRequests {
  private static final double MILLIS = 1_000;

  private long all;
  private long refused;
  private long failed;
  private final long[] durations;

  /**
   * @param buckets of durations
   */
  AnsweredRequests(int buckets) {
    this.durations = new long[buckets];
  }

  /** Adds requests of one status: 4xx and 503 are refused, every other 5xx has failed. */
  void add(String status, long requests) {
    all += requests;
    if (status.startsWith("4") || status.equals("503")) {
      refused += requests;
    } else if (status.startsWith("5")) {
      failed += requests;
    }
  }

  /** Adds durations to a bucket. */
  void addTo(int bucket, long requests) {
    durations[bucket] += requests;
  }

  /** Returns what was answered since an earlier moment. */
  AnsweredRequests since(AnsweredRequests before) {
    AnsweredRequests between = new AnsweredRequests(durations.length);
    between.all = all - before.all;
    between.refused = refused - before.refused;
    between.failed = failed - before.failed;
    for (int bucket = 0; bucket < durations.length; bucket++) {
      between.durations[bucket] = durations[bucket] - before.durations[bucket];
    }

    return between;
  }

  long all() {
    return all;
  }

  long refused() {
    return refused;
  }

  long failed() {
    return failed;
  }

  /**
   * Returns the upper bound of the bucket in which a share of the requests ends, in milliseconds;
   * empty if there was none, or if it is above all bounds.
   */
  OptionalDouble quantileMillis(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * LongStream.of(durations).sum()));
    long seen = 0;
    for (int bucket = 0; bucket < durations.length; bucket++) {
      seen += durations[bucket];
      if (seen >= rank) {
        double bound = ServerMetrics.bound(bucket);
        return Double.isInfinite(bound)
            ? OptionalDouble.empty()
            : OptionalDouble.of(Math.round(bound * MILLIS * MILLIS) / MILLIS);
      }
    }

    return OptionalDouble.empty();
  }
}
