package io.paritree.feature;

import java.time.ZoneId;
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
  private final TimestampPart part;
  private final WallClock clock;

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
    super(name, column, Values.TIME, missing, nullable);
    this.part = Objects.requireNonNull(part, "part");
    this.clock = new WallClock(zone);
  }

  /** Returns the part of the timestamp that the model reads. */
  public TimestampPart part() {
    return part;
  }

  /** Returns the zone that converts an instant to local time; empty if instants are refused. */
  @Override
  public Optional<ZoneId> zone() {
    return clock.zone();
  }

  @Override
  public Kind kind() {
    return Kind.TIMESTAMP;
  }

  @Override
  public String expected() {
    return clock.expected();
  }

  @Override
  public boolean readsDates() {
    return part.isOfDate();
  }

  @Override
  public float text(byte[] utf8, int offset, int length, Faults faults) {
    if (isMissing(utf8, offset, length)) {
      return missing(faults);
    }

    long micros = clock.text(utf8, offset, length);
    return micros == WallClock.BAD
        ? faults.badTimestamp(this, Faults.text(utf8, offset, length), expected())
        : local(micros, faults);
  }

  @Override
  public float instant(long microsUtc, Faults faults) {
    return clock.readsInstants()
        ? part.of(clock.second(microsUtc))
        : faults.badTimestamp(this, "an instant", expected());
  }

  @Override
  public float local(long micros, Faults faults) {
    return part.of(Math.floorDiv(micros, WallClock.MICROS_PER_SECOND));
  }
}
