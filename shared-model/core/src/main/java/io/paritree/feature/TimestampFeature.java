package io.paritree.feature;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.Objects;
import java.util.Optional;

/**
 * One part of a timestamp column.
 *
 * <p>A local time is used unchanged. An instant is converted to local time in the feature's zone; a
 * feature without a zone refuses instants. Times before 1970 are rounded down to whole seconds and
 * days, by floor division.
 */
public final class TimestampFeature extends Feature {
  private static final long MICROS_PER_SECOND = 1_000_000L;

  private final TimestampPart part;
  private final ZoneId zone;
  private final ZoneRules rules;

  /**
   * @param zone converts an instant to local time; empty if instants are refused
   * @param missing texts that mean "missing"
   * @throws IllegalArgumentException if a sentinel is a number
   */
  public TimestampFeature(
      String name,
      String column,
      TimestampPart part,
      Optional<ZoneId> zone,
      Sentinels missing,
      boolean nullable) {
    super(name, column, missing, nullable);
    this.part = Objects.requireNonNull(part, "part");
    this.zone = zone.orElse(null);
    this.rules = zone.map(ZoneId::getRules).orElse(null);
  }

  /** Returns the part of the timestamp that the model reads. */
  public TimestampPart part() {
    return part;
  }

  /** Returns the zone that converts an instant to local time; empty if instants are refused. */
  public Optional<ZoneId> zone() {
    return Optional.ofNullable(zone);
  }

  @Override
  public Kind kind() {
    return Kind.TIMESTAMP;
  }

  @Override
  public String expected() {
    return zone == null
        ? "a timestamp without offset, as yyyy-MM-ddTHH:mm:ss"
        : "a timestamp, as yyyy-MM-ddTHH:mm:ss[offset]";
  }

  @Override
  public float text(byte[] utf8, int offset, int length, Faults faults) {
    if (isMissing(utf8, offset, length)) {
      return missing(faults);
    }

    long parsed = TimestampText.parse(utf8, offset, length);
    if (parsed == TimestampText.BAD || (TimestampText.isInstant(parsed) && rules == null)) {
      return faults.badTimestamp(this, Faults.text(utf8, offset, length), expected());
    }

    long micros = TimestampText.micros(parsed);
    return TimestampText.isInstant(parsed) ? instant(micros, faults) : local(micros, faults);
  }

  @Override
  public float instant(long microsUtc, Faults faults) {
    if (rules == null) {
      return faults.badTimestamp(this, "an instant", expected());
    }

    long second = Math.floorDiv(microsUtc, MICROS_PER_SECOND);
    int offset = rules.getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
    return part.of(second + offset);
  }

  @Override
  public float local(long micros, Faults faults) {
    return part.of(Math.floorDiv(micros, MICROS_PER_SECOND));
  }
}
