package io.paritree.feature;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Each of some values is a piece of its own: texts, whole numbers, truths, or the numbers that a
 * part of a timestamp can be. Where there are no values, all that are not missing are unseen,
 * whatever they are.
 */
final class KnownValues extends Pieces {
  private static final double LIMIT = 0x1p53;

  private final Form form;
  private final List<?> values;
  private final Vocabulary texts; // null unless the values are text
  private final IntegerVocabulary numbers; // of other values; a truth is 0 or 1

  /**
   * What is looked up.
   *
   * @param part of the timestamp; null unless times are read
   * @param clock null unless times are read
   */
  record Form(Feature.Values reads, TimestampPart part, WallClock clock) {}

  /**
   * @param values {@link String}s, {@link Long}s or {@link Boolean}s, each once
   */
  KnownValues(String feature, Form form, List<?> values, Sentinels sentinels) {
    super(sentinels);
    this.form = form;
    this.values = List.copyOf(values);
    boolean areTexts = form.reads == Feature.Values.TEXT;
    this.texts = areTexts ? new Vocabulary(values.stream().map(String.class::cast).toList()) : null;
    this.numbers =
        areTexts
            ? null
            : new IntegerVocabulary(feature, values.stream().map(KnownValues::number).toList());
  }

  private static long number(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }

    long number = (Long) value;
    if (Math.abs((double) number) >= LIMIT) {
      throw new IllegalArgumentException(
          "Cannot use the value %s: it must be within 2^53, where a double holds every whole number"
              .formatted(number));
    }

    return number;
  }

  Form form() {
    return form;
  }

  List<?> values() {
    return values;
  }

  private int code(Object value) {
    return texts == null ? numbers.code(number(value)) : texts.code((String) value);
  }

  @Override
  int size() {
    return FIRST + values.size();
  }

  @Override
  public int number(double value) {
    if (isMissing(value)) {
      return MISSING;
    }

    if (Double.isInfinite(value)) {
      return REFUSED;
    }

    return switch (form.reads) {
      case WHOLE -> whole(value);
      case TRUTH -> value == 0 || value == 1 ? whole(value) : REFUSED;
      case ANY -> UNSEEN;
      case NUMBER, TEXT, TIME -> REFUSED;
    };
  }

  private int whole(double value) {
    boolean isWhole = value == Math.rint(value) && Math.abs(value) < LIMIT;
    return isWhole ? known(numbers.code((long) value)) : UNSEEN;
  }

  private static int known(int code) {
    return code < 0 ? UNSEEN : FIRST + code;
  }

  @Override
  public int text(byte[] utf8, int offset, int length) {
    if (isMissing(utf8, offset, length)) {
      return MISSING;
    }

    if (form.reads == Feature.Values.TIME) {
      long micros = form.clock.text(utf8, offset, length);
      return micros == WallClock.BAD ? REFUSED : local(micros);
    }

    int code = texts == null ? -1 : texts.code(utf8, offset, length);
    if (code >= 0) {
      return FIRST + code;
    }

    boolean isText =
        (texts != null || form.reads == Feature.Values.ANY)
            && length <= Feature.MAX_TEXT
            && Utf8.isWellFormed(utf8, offset, length);
    return isText ? UNSEEN : REFUSED;
  }

  @Override
  public int truth(boolean value) {
    return switch (form.reads) {
      case TRUTH, ANY -> number(value ? 1 : 0);
      case NUMBER, WHOLE, TEXT, TIME -> REFUSED;
    };
  }

  @Override
  public int instant(long microsUtc) {
    if (form.reads == Feature.Values.ANY) {
      return UNSEEN;
    }

    return form.clock != null && form.clock.readsInstants()
        ? known(numbers.code(form.part.of(form.clock.second(microsUtc))))
        : REFUSED;
  }

  @Override
  public int local(long micros) {
    if (form.reads == Feature.Values.ANY) {
      return UNSEEN;
    }

    return form.part == null
        ? REFUSED
        : known(numbers.code(form.part.of(Math.floorDiv(micros, WallClock.MICROS_PER_SECOND))));
  }

  /** Returns the same pieces and those of further values. */
  static KnownValues all(List<KnownValues> some) {
    KnownValues first = some.get(0);
    List<?> values = some.stream().flatMap(one -> one.values.stream()).distinct().toList();
    return new KnownValues("", first.form, values, first.sentinels());
  }

  /** Returns, by piece of others that have all of these values, the piece of these. */
  int[] piecesOf(KnownValues all) {
    return IntStream.range(0, all.size())
        .map(
            piece -> {
              int code = piece < FIRST ? -1 : code(all.values.get(piece - FIRST));
              return piece < FIRST ? piece : known(code);
            })
        .toArray();
  }
}
