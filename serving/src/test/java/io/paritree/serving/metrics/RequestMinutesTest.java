package io.paritree.serving.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.paritree.serving.metrics.RequestMinutes.Minute;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The requests of the last hour are those of the counters, minute by minute. */
class RequestMinutesTest {
  private static final Instant START = Instant.parse("2026-11-24T09:30:20Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final ServerMetrics metrics = new ServerMetrics();
  private final RequestMinutes minutes =
      new RequestMinutes(metrics, route -> !route.startsWith("/ui"), now::get);

  private void answer(String route, int status, double millis, int requests) {
    for (int request = 0; request < requests; request++) {
      metrics.route(route).answered(status, (long) (millis * 1e6));
    }
  }

  private void look(int second) {
    now.set(START.plusSeconds(second));
    minutes.look();
  }

  @Test
  void aMinuteHasItsRequestsAndTheBoundsOfTheirTimes() {
    answer("/v1/models", 200, 1, 7); // before the first whole minute
    look(1);
    look(41);
    answer("/v1/models", 200, 0.15, 90);
    answer("/v1/models/{name}/score", 200, 2, 8);
    answer("/v1/models/{name}/score", 400, 0.15, 1);
    answer("none", 503, 0.15, 1);
    answer("/v1/models", 500, 300, 1);
    answer("/ui/{file}", 200, 900, 50);
    look(99);
    assertThat(minutes.minutes()).as("the minute is not over").isEmpty();
    look(100);

    assertThat(minutes.minutes())
        .containsExactly(
            new Minute(
                Instant.parse("2026-11-24T09:31:00Z"),
                101,
                2,
                1,
                OptionalDouble.of(0.2),
                OptionalDouble.of(3)));
  }

  @Test
  void aMinuteWithoutRequestsHasNoTimesAndNeitherHaveTimesBeyondAllBounds() {
    look(40);
    look(100);
    answer("/v1/models", 200, 3_000, 1);
    look(160);

    assertThat(minutes.minutes())
        .extracting(Minute::requests, Minute::medianMillis)
        .containsExactly(tuple(0L, OptionalDouble.empty()), tuple(1L, OptionalDouble.empty()));
  }

  @Test
  void theLastHourIsKept() {
    IntStream.rangeClosed(1, 100).forEach(minute -> look(60 * minute));

    assertThat(minutes.minutes())
        .hasSize(60)
        .extracting(Minute::at)
        .startsWith(Instant.parse("2026-11-24T10:10:00Z"))
        .endsWith(Instant.parse("2026-11-24T11:09:00Z"));
  }

  @Test
  void aPauseOfTheMachineIsNoMinute() {
    look(40);
    look(100);
    answer("/v1/models", 200, 1, 5);
    look(400);
    look(460);

    assertThat(minutes.minutes())
        .extracting(Minute::at)
        .containsExactly(
            Instant.parse("2026-11-24T09:31:00Z"), Instant.parse("2026-11-24T09:37:00Z"));
  }
}
