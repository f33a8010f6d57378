package io.paritree.proof;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The edges of times. */
final class TimeEdges {
  private static final Instant FROM = Instant.parse("2024-01-01T00:00:00Z");
  private static final int TRANSITIONS = 2;
  private static final List<String> OFFSETS =
      List.of(
          "Z", "+00:00", "-00:00", "+14:00", "-12:00", "+05:30", "+0530", "+05", "+18:00",
          "+18:01");
  private static final List<String> LOCAL =
      List.of(
          "2024-02-29T23:59:59",
          "2023-02-29T00:00:00",
          "2024-02-29",
          "2024-12-31T23:59:59.999999",
          "2024-12-31T23:59:59.9999999",
          "2024-12-31 00:00",
          "2024-12-31T24:00:00",
          "2024-06-30T23:59:60",
          "1969-12-31T23:59:59.999999",
          "1970-01-01T00:00:00",
          "0001-01-01T00:00:00",
          "9999-12-31T23:59:59.999999",
          "2024-1-2",
          "1704067200");

  private final Consumer<String> to;

  /**
   * @param to receives the texts
   */
  TimeEdges(Consumer<String> to) {
    this.to = to;
  }

  /**
   * @param zone the one that a feature reads instants in; empty if it reads none
   */
  void add(Optional<ZoneId> zone) {
    LOCAL.forEach(to);
    OFFSETS.forEach(offset -> to.accept("2024-03-10T08:00:00.000001" + offset));
    to.accept("1969-12-31T23:59:59.999999Z");
    zone.ifPresent(this::transitions);
  }

  /** Adds the hours that a zone's clocks skip or have twice, and the instants around them. */
  private void transitions(ZoneId zone) {
    ZoneOffsetTransition next = zone.getRules().nextTransition(FROM);
    for (int count = 0; count < TRANSITIONS && next != null; count++) {
      for (int seconds : new int[] {-1, 0, 1}) {
        to.accept(next.getInstant().plusSeconds(seconds).toString());
        to.accept(text(next.getDateTimeBefore().plusSeconds(seconds)));
        to.accept(text(next.getDateTimeAfter().plusSeconds(seconds)));
      }

      ZoneOffset before = next.getOffsetBefore();
      to.accept(text(next.getDateTimeBefore()) + (before.getTotalSeconds() == 0 ? "Z" : before));
      next = zone.getRules().nextTransition(next.getInstant());
    }
  }

  private static String text(LocalDateTime time) {
    return time.toString();
  }
}
