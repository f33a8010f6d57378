package io.paritree.serving;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The results of a {@link Load}'s requests. Written by the load's thread; read when the load has
 * ended.
 */
final class LoadTotals {
  private final int[] byStatus = new int[1_000];
  private final Map<Long, Long> lost = new HashMap<>(); // number, and when it was sent
  private final int[] okMicros = new int[1 << 16]; // answers by their microseconds
  private final int[] okMillis = new int[10_001]; // slower answers by their milliseconds
  private volatile int ok;
  private long slowestNanos;
  private long wrong;
  private String firstWrong = "";
  private long broken;
  private long hung;
  private long notConnected;
  private long lastedNanos;

  void answered(int status, long nanos, String problem) {
    byStatus[status]++;
    slowestNanos = Math.max(slowestNanos, nanos);
    if (!problem.isEmpty()) {
      wrong++;
      firstWrong = firstWrong.isEmpty() ? problem : firstWrong;
    }

    if (status == 200) {
      if (nanos / 1_000 < okMicros.length) {
        okMicros[(int) (nanos / 1_000)]++;
      } else {
        okMillis[(int) Math.min(nanos / 1_000_000, okMillis.length - 1)]++;
      }

      ok = ok + 1;
    }
  }

  /**
   * @param sent nanosecond clock
   * @param begun whether a part of an answer arrived
   */
  void lost(long number, long sent, boolean begun) {
    lost.put(number, sent);
    if (begun) {
      broken++;
    }
  }

  void hung() {
    hung++;
  }

  void notConnected() {
    notConnected++;
  }

  void lasted(long nanos) {
    lastedNanos = nanos;
  }

  long ok() {
    return ok;
  }

  int status(int status) {
    return byStatus[status];
  }

  /** Returns the number of wrong answers. */
  long wrong() {
    return wrong;
  }

  String firstWrong() {
    return firstWrong;
  }

  /** Returns the numbers of the requests whose connection ended before or within the answer. */
  Set<Long> lostNumbers() {
    return lost.keySet();
  }

  /** Returns how many of these requests were sent before a time of the nanosecond clock. */
  long lostSentBefore(long nanos) {
    return lost.values().stream().filter(sent -> sent - nanos < 0).count();
  }

  /** Returns how many answers were cut off. */
  long broken() {
    return broken;
  }

  /** Returns how many requests had no answer after 10 s. */
  long hangs() {
    return hung;
  }

  long refusedConnections() {
    return notConnected;
  }

  /** Returns the number of 200 answers per second. */
  double rate() {
    return ok * 1e9 / lastedNanos;
  }

  double slowestMillis() {
    return slowestNanos / 1e6;
  }

  /** Returns a quantile of the times to 200, in milliseconds; exact to 1 us up to 65 ms. */
  double millis(double quantile) {
    long below = (long) (ok * quantile);
    for (int micros = 0; micros < okMicros.length; micros++) {
      below -= okMicros[micros];
      if (below < 0) {
        return micros / 1e3;
      }
    }

    for (int millis = 0; millis < okMillis.length; millis++) {
      below -= okMillis[millis];
      if (below < 0) {
        return millis;
      }
    }

    return slowestMillis();
  }

  /** Returns whether every request was answered with 200 and correctly. */
  boolean flawless() {
    return wrong + hung + lost.size() + notConnected == 0 && ok > 0 && answers() == ok;
  }

  private long answers() {
    return Arrays.stream(byStatus).sum();
  }

  @Override
  public String toString() {
    return "200=%s 503=%s other=%s wrong=%s broken=%s lost=%s hung=%s not-connected=%s"
        .formatted(
            ok,
            status(503),
            answers() - ok - status(503),
            wrong + (firstWrong.isEmpty() ? "" : " (" + firstWrong + ")"),
            broken,
            lost.size() - broken,
            hung,
            notConnected);
  }
}
