package io.paritree.feature;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * Reads timestamps as local times, in microseconds since 1970-01-01T00:00 on a clock without zone.
 *
 * <p>A local time is used unchanged. An instant is converted by the zone; without one, instants are
 * refused. Immutable and thread-safe.
 */
final class WallClock {
  /** The value is no timestamp, or an instant without a zone. */
  static final long BAD = TimestampText.BAD;

  static final long MICROS_PER_SECOND = 1_000_000L;

  private final ZoneId zone;
  private final ZoneRules rules;

  WallClock(Optional<ZoneId> zone) {
    this.zone = zone.orElse(null);
    this.rules = zone.map(ZoneId::getRules).orElse(null);
  }

  Optional<ZoneId> zone() {
    return Optional.ofNullable(zone);
  }

  String expected() {
    return zone == null
        ? "a timestamp without offset, as yyyy-MM-ddTHH:mm:ss"
        : "a timestamp, as yyyy-MM-ddTHH:mm:ss[offset]";
  }

  long text(byte[] utf8, int offset, int length) {
    long parsed = TimestampText.parse(utf8, offset, length);
    if (parsed == TimestampText.BAD) {
      return BAD;
    }

    long micros = TimestampText.micros(parsed);
    return TimestampText.isInstant(parsed) ? instant(micros) : micros;
  }

  /** Returns the local time of an instant. Before 1970 it is rounded down, by floor division. */
  long instant(long microsUtc) {
    if (rules == null) {
      return BAD;
    }

    long second = Math.floorDiv(microsUtc, MICROS_PER_SECOND);
    long offset = rules.getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
    return microsUtc + offset * MICROS_PER_SECOND;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WallClock clock && zone().equals(clock.zone());
  }

  @Override
  public int hashCode() {
    return zone().hashCode();
  }
}
