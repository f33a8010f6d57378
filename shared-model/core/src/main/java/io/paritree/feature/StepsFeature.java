package io.paritree.feature;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * A slot that is constant between cuts of one column: a value has the slot of the last step that
 * does not begin above it.
 *
 * <p>Nothing is computed but one comparison with the cuts, so that any function of one number or
 * time can be given bit by bit, as far as a model can tell its values apart.
 */
public final class StepsFeature extends TableFeature {
  private final Of of;
  private final Optional<ZoneId> zone;
  private final List<Step> steps;
  private final double min;
  private final double max;
  private final Cuts own;

  /** What the steps are steps of. */
  public enum Of {
    DOUBLE,
    /** Numbers that are first rounded to the nearest float. */
    FLOAT,
    WHOLE,
    LOCAL,
    INSTANT;

    /** Returns a number as it is compared with the cuts; -0.0 is 0.0. */
    double of(double value) {
      return this == FLOAT ? (double) (float) value + 0.0 : value + 0.0;
    }

    public boolean isTime() {
      return this == LOCAL || this == INSTANT;
    }

    private Values reads() {
      return switch (this) {
        case DOUBLE, FLOAT -> Values.NUMBER;
        case WHOLE -> Values.WHOLE;
        case LOCAL, INSTANT -> Values.TIME;
      };
    }
  }

  /**
   * A step.
   *
   * @param from the first value of the step: a {@link Double}, or a {@link Long} in microseconds
   *     for a time; null for the first step, which begins nowhere
   */
  public record Step(Number from, Slot slot) {}

  /**
   * @param zone converts an instant to local time; only for local times
   * @param steps at least one, ascending, the first from null
   * @param min least allowed number; -Infinity for none
   * @param max largest allowed number; Infinity for none
   * @param ifMissing the slot of a missing value; NaN for none
   * @throws IllegalArgumentException if the steps do not ascend, or do not fit what they are of
   */
  public StepsFeature(
      String name,
      String column,
      Of of,
      Optional<ZoneId> zone,
      List<Step> steps,
      double min,
      double max,
      Sentinels missing,
      boolean nullable,
      float ifMissing) {
    this(
        name,
        column,
        zone,
        Bounded.of(name, of, zone, steps, min, max),
        steps,
        min,
        max,
        missing,
        nullable,
        ifMissing);
  }

  private StepsFeature(
      String name,
      String column,
      Optional<ZoneId> zone,
      Bounded bounded,
      List<Step> steps,
      double min,
      double max,
      Sentinels missing,
      boolean nullable,
      float ifMissing) {
    super(
        name,
        column,
        bounded.of.reads(),
        nullable,
        ifMissing,
        bounded.cuts(zone, missing),
        bounded.slots);
    this.of = bounded.of;
    this.zone = zone;
    this.steps = List.copyOf(steps);
    this.min = min;
    this.max = max;
    this.own = (Cuts) pieces();
  }

  private StepsFeature(StepsFeature same, Pieces shared) {
    super(same, shared, same.own.piecesOf((Cuts) shared));
    this.of = same.of;
    this.zone = same.zone;
    this.steps = same.steps;
    this.min = same.min;
    this.max = same.max;
    this.own = same.own;
  }

  /**
   * The steps within the bounds; what is beyond them is refused.
   *
   * @param cuts doubles; microseconds of times
   * @param slots of the pieces, after one for unseen values, of which there are none
   */
  private record Bounded(Of of, List<Number> cuts, List<Slot> slots) {
    static Bounded of(
        String name, Of of, Optional<ZoneId> zone, List<Step> steps, double min, double max) {
      check(name, of, zone, steps, min, max);
      List<Number> cuts = new ArrayList<>();
      List<Slot> slots = new ArrayList<>();
      slots.add(Slot.REJECT);
      if (of.isTime()) {
        steps.forEach(step -> slots.add(step.slot()));
        steps.stream().skip(1).forEach(step -> cuts.add(step.from()));
        return new Bounded(of, cuts, slots);
      }

      double[] own =
          steps.stream().skip(1).mapToDouble(step -> of.of((Double) step.from())).toArray();
      double least = of.of(min);
      double greatest = of.of(max);
      double[] all =
          DoubleStream.concat(
                  DoubleStream.of(own),
                  DoubleStream.of(least, Math.nextUp(greatest)).filter(Double::isFinite))
              .sorted()
              .distinct()
              .toArray();
      slots.add(least == Double.NEGATIVE_INFINITY ? steps.get(0).slot() : Slot.REJECT);
      for (double from : all) {
        cuts.add(from);
        boolean isAllowed = from >= least && from <= greatest;
        slots.add(isAllowed ? steps.get(Pieces.last(own, from) + 1).slot() : Slot.REJECT);
      }

      return new Bounded(of, cuts, slots);
    }

    private static void check(
        String name, Of of, Optional<ZoneId> zone, List<Step> steps, double min, double max) {
      if (zone.isPresent() && of != Of.LOCAL) {
        throw new IllegalArgumentException(
            "Cannot use the zone of feature '%s': only steps of local times have one"
                .formatted(name));
      }

      boolean hasBounds = !Double.isInfinite(min) || !Double.isInfinite(max);
      if (!(min <= max) || of.isTime() && hasBounds) {
        throw new IllegalArgumentException(
            "Cannot use bounds %s to %s of feature '%s': expected bounds of numbers, with one between them"
                .formatted(min, max, name));
      }

      boolean ascends = !steps.isEmpty() && steps.get(0).from() == null;
      for (int step = 1; ascends && step < steps.size(); step++) {
        Number from = steps.get(step).from();
        Number before = steps.get(step - 1).from();
        ascends =
            of.isTime()
                ? before == null || (Long) before < (Long) from
                : before == null || of.of((Double) before) < of.of((Double) from);
      }

      if (!ascends) {
        throw new IllegalArgumentException(
            "Cannot use the steps of feature '%s': they must ascend, the first from null"
                .formatted(name));
      }
    }

    Cuts cuts(Optional<ZoneId> zone, Sentinels missing) {
      Cuts.Form form = new Cuts.Form(of, of == Of.LOCAL ? new WallClock(zone) : null);
      return of.isTime()
          ? new Cuts(form, cuts.stream().mapToLong(Number::longValue).toArray(), missing)
          : new Cuts(form, cuts.stream().mapToDouble(Number::doubleValue).toArray(), missing);
    }
  }

  /** Returns what the steps are steps of. */
  public Of of() {
    return of;
  }

  /** Returns the zone that converts an instant to local time. */
  @Override
  public Optional<ZoneId> zone() {
    return zone;
  }

  /** Returns the steps as the manifest lists them. */
  public List<Step> steps() {
    return steps;
  }

  /** Returns the least allowed number, or -Infinity. */
  public double min() {
    return min;
  }

  /** Returns the largest allowed number, or Infinity. */
  public double max() {
    return max;
  }

  @Override
  public Kind kind() {
    return Kind.STEPS;
  }

  @Override
  public String expected() {
    return switch (of) {
      case DOUBLE, FLOAT -> "a number";
      case WHOLE -> "a whole number";
      case LOCAL -> new WallClock(zone).expected();
      case INSTANT -> "a timestamp with an offset, as yyyy-MM-ddTHH:mm:ssZ";
    };
  }

  @Override
  public boolean readsDates() {
    return of == Of.LOCAL;
  }

  @Override
  float reject(int piece, String got, Faults faults) {
    return faults.outOfRange(this, got, "a value in a step that has a slot");
  }

  /** Returns where a step begins, as a schema writes it: a time as text. */
  public static String text(Of of, long micros) {
    Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    return of == Of.INSTANT
        ? instant.toString()
        : LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
  }

  /**
   * Returns the microseconds of a time that a schema gives as text; empty if it is none, or has an
   * offset where none is expected, or none where one is.
   */
  public static Optional<Long> micros(Of of, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    long parsed = TimestampText.parse(utf8, 0, utf8.length);
    return parsed == TimestampText.BAD || TimestampText.isInstant(parsed) != (of == Of.INSTANT)
        ? Optional.empty()
        : Optional.of(TimestampText.micros(parsed));
  }

  @Override
  TableFeature sharing(Pieces all) {
    return new StepsFeature(this, all);
  }

  @Override
  Object form() {
    return List.of(own.form(), sentinels());
  }
}
