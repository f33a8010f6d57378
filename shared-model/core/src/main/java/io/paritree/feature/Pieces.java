package io.paritree.feature;

import java.util.Arrays;

/**
 * Divides the values of a column into pieces, so that several features look a value up once: each
 * of them has one slot for each piece.
 *
 * <p>The first pieces are those of values without a place: {@link #MISSING}, {@link #REFUSED} and
 * {@link #UNSEEN}. Features of a schema that have the same pieces read the same column. Immutable
 * and thread-safe.
 */
public abstract sealed class Pieces permits KnownValues, Cuts {
  /** Null, NaN and the sentinels. */
  public static final int MISSING = 0;

  /** Values that no feature of the column can read, such as text for a number. */
  public static final int REFUSED = 1;

  /** Values that are in no vocabulary. */
  public static final int UNSEEN = 2;

  /** The first of the pieces that have a place. */
  static final int FIRST = 3;

  private final Sentinels sentinels;
  private final byte[][] missingTexts;
  private final double[] missingNumbers;

  Pieces(Sentinels sentinels) {
    this.sentinels = sentinels;
    this.missingTexts = sentinels.utf8();
    this.missingNumbers =
        sentinels.withSpelledNumbers().numbers().stream()
            .mapToDouble(number -> number + 0.0)
            .toArray();
  }

  /** Returns how many pieces there are, the first ones included. */
  abstract int size();

  final Sentinels sentinels() {
    return sentinels;
  }

  final boolean isMissing(double value) {
    for (double sentinel : missingNumbers) {
      if (sentinel == value) {
        return true;
      }
    }

    return Double.isNaN(value);
  }

  final boolean isMissing(byte[] utf8, int offset, int length) {
    return missingTexts.length > 0 && Sentinels.contains(missingTexts, utf8, offset, length);
  }

  /** Returns the piece of a number, given as the nearest {@code double}. */
  public int number(double value) {
    return Double.isNaN(value) ? MISSING : REFUSED;
  }

  /** Returns the piece of text in UTF-8. */
  public int text(byte[] utf8, int offset, int length) {
    return isMissing(utf8, offset, length) ? MISSING : REFUSED;
  }

  /** Returns the piece of a boolean. */
  public int truth(boolean value) {
    return REFUSED;
  }

  /** Returns the piece of a point on the time line, in microseconds since 1970 in UTC. */
  public int instant(long microsUtc) {
    return REFUSED;
  }

  /** Returns the piece of a local time, in microseconds since 1970 on a clock without zone. */
  public int local(long micros) {
    return REFUSED;
  }

  /** Returns the index of the last of some ascending numbers that is not above a value; or -1. */
  static int last(double[] ascending, double value) {
    int low = 0;
    int high = ascending.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ascending[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }

    return low - 1;
  }

  /** As {@link #last(double[], double)}, for whole numbers. */
  static int last(long[] ascending, long value) {
    int found = Arrays.binarySearch(ascending, value);
    return found < 0 ? -found - 2 : found;
  }
}
