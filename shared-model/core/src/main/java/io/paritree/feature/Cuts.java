package io.paritree.feature;

import java.util.Arrays;
import java.util.List;

/**
 * The pieces between cuts: from each cut on, a number or a time is in the next piece. A value is in
 * the piece of the last cut that is not above it.
 */
final class Cuts extends Pieces {
  private final Form form;
  private final double[] numbers; // of numbers
  private final long[] times; // of times, in microseconds

  /**
   * What is compared with the cuts.
   *
   * @param clock null unless local times are read
   */
  record Form(StepsFeature.Of of, WallClock clock) {}

  /** Creates the pieces of numbers, between ascending cuts. */
  Cuts(Form form, double[] numbers, Sentinels sentinels) {
    super(sentinels);
    this.form = form;
    this.numbers = numbers.clone();
    this.times = null;
  }

  /** Creates the pieces of times, between ascending cuts. */
  Cuts(Form form, long[] times, Sentinels sentinels) {
    super(sentinels);
    this.form = form;
    this.numbers = null;
    this.times = times.clone();
  }

  /** Returns the least float that is not below a cut of numbers. */
  float from(int cut) {
    float nearest = (float) numbers[cut];
    return nearest < numbers[cut] ? Math.nextUp(nearest) : nearest;
  }

  Form form() {
    return form;
  }

  @Override
  int size() {
    return FIRST + 1 + (numbers == null ? times.length : numbers.length);
  }

  @Override
  public int number(double value) {
    if (Double.isNaN(value)) {
      return MISSING;
    }

    if (numbers == null) {
      return REFUSED;
    }

    double number = form.of.of(value);
    if (isMissing(number)) {
      return MISSING;
    }

    boolean isRefused =
        Double.isInfinite(number)
            || form.of == StepsFeature.Of.WHOLE && number != Math.rint(number);
    return isRefused ? REFUSED : FIRST + 1 + last(numbers, number);
  }

  @Override
  public int text(byte[] utf8, int offset, int length) {
    if (isMissing(utf8, offset, length)) {
      return MISSING;
    }

    if (times == null) {
      return REFUSED;
    }

    if (form.of == StepsFeature.Of.LOCAL) {
      long micros = form.clock.text(utf8, offset, length);
      return micros == WallClock.BAD ? REFUSED : time(micros);
    }

    long parsed = TimestampText.parse(utf8, offset, length);
    boolean isInstant = parsed != TimestampText.BAD && TimestampText.isInstant(parsed);
    return isInstant ? time(TimestampText.micros(parsed)) : REFUSED;
  }

  @Override
  public int instant(long microsUtc) {
    return switch (form.of) {
      case DOUBLE, FLOAT, WHOLE -> REFUSED;
      case INSTANT -> time(microsUtc);
      case LOCAL -> form.clock.readsInstants() ? time(form.clock.micros(microsUtc)) : REFUSED;
    };
  }

  @Override
  public int local(long micros) {
    return form.of == StepsFeature.Of.LOCAL ? time(micros) : REFUSED;
  }

  private int time(long micros) {
    return FIRST + 1 + last(times, micros);
  }

  /** Returns the pieces between all cuts of some. */
  static Cuts all(List<Cuts> some) {
    Cuts first = some.get(0);
    return first.numbers == null
        ? new Cuts(
            first.form,
            some.stream()
                .flatMapToLong(one -> Arrays.stream(one.times))
                .sorted()
                .distinct()
                .toArray(),
            first.sentinels())
        : new Cuts(
            first.form,
            some.stream()
                .flatMapToDouble(one -> Arrays.stream(one.numbers))
                .sorted()
                .distinct()
                .toArray(),
            first.sentinels());
  }

  /** Returns, by piece of others that have all of these cuts, the piece of these. */
  int[] piecesOf(Cuts all) {
    int[] pieces = new int[all.size()];
    for (int piece = 0; piece < pieces.length; piece++) {
      int cut = piece - FIRST - 1;
      if (piece <= FIRST) {
        pieces[piece] = piece;
      } else if (numbers == null) {
        pieces[piece] = FIRST + 1 + last(times, all.times[cut]);
      } else {
        pieces[piece] = FIRST + 1 + last(numbers, all.numbers[cut]);
      }
    }

    return pieces;
  }
}
