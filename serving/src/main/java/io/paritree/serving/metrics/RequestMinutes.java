package io.paritree.serving.metrics;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * The requests of the last hour, minute by minute, from the counters of {@link ServerMetrics}.
 *
 * <p>Somebody calls {@link #look} about once a second. Thread-safe.
 */
public final class RequestMinutes {
  private static final int MINUTES = 60;
  private static final double HALF = 0.5;
  private static final double NEARLY_ALL = 0.99;

  private final ServerMetrics metrics;
  private final Predicate<String> counted;
  private final InstantSource clock;
  private final Deque<Minute> minutes = new ArrayDeque<>();
  private Instant current; // the minute that has begun; guarded by this, as the rest
  private AnsweredRequests before; // at its begin; null if that was not seen

  /**
   * One whole minute.
   *
   * @param at when it began
   * @param refused answered with 4xx or 503
   * @param failed answered with another 5xx
   * @param medianMillis half of the requests took at most this; empty if there was none, or if they
   *     took longer than all bounds
   * @param slowMillis 99 % of the requests took at most this
   */
  public record Minute(
      Instant at,
      long requests,
      long refused,
      long failed,
      OptionalDouble medianMillis,
      OptionalDouble slowMillis) {}

  /**
   * @param counted whether requests of a route are counted
   */
  public RequestMinutes(ServerMetrics metrics, Predicate<String> counted, InstantSource clock) {
    this.metrics = metrics;
    this.counted = counted;
    this.clock = clock;
    this.current = minute();
  }

  private Instant minute() {
    return clock.instant().truncatedTo(ChronoUnit.MINUTES);
  }

  /** Ends the current minute if it is over. */
  public synchronized void look() {
    Instant now = minute();
    if (now.equals(current)) {
      return;
    }

    AnsweredRequests answered = metrics.answered(counted);
    // After a pause of the machine, nobody knows in which minute a request was answered.
    if (before != null && Duration.between(current, now).equals(Duration.ofMinutes(1))) {
      AnsweredRequests during = answered.since(before);
      minutes.addLast(
          new Minute(
              current,
              during.all(),
              during.refused(),
              during.failed(),
              during.quantileMillis(HALF),
              during.quantileMillis(NEARLY_ALL)));
      if (minutes.size() > MINUTES) {
        minutes.removeFirst();
      }
    }

    before = answered;
    current = now;
  }

  /** Returns the last whole minutes, at most an hour, oldest first. */
  public synchronized List<Minute> minutes() {
    return List.copyOf(minutes);
  }
}
