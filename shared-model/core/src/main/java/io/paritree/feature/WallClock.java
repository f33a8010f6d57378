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
  /** The text is no timestamp, or an instant without a zone. */
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
    if (!TimestampText.isInstant(parsed)) {
      return micros;
    }

    return readsInstants() ? micros(micros) : BAD;
  }

  /** Returns whether there is a zone. */
  boolean readsInstants() {
    return rules != null;
  }

  /** Returns the local second of an instant. Before 1970 it is rounded down, by floor division. */
  long second(long microsUtc) {
    long second = Math.floorDiv(microsUtc, MICROS_PER_SECOND);
    return second + offset(second);
  }

  private int offset(long second) {
    return rules.getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
  }

  /** Returns the local time of an instant; at both ends of the time line, the end. */
  long micros(long microsUtc) {
    long offset = offset(Math.floorDiv(microsUtc, MICROS_PER_SECOND)) * MICROS_PER_SECOND;
    long micros = microsUtc + offset;
    boolean overflows = ((microsUtc ^ micros) & (offset ^ micros)) < 0;
    if (!overflows) {
      return micros;
    }

    return offset < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
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
