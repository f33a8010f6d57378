package io.paritree.profile;

import java.io.Serializable;
import java.math.BigInteger;

/**
 * Sums of floats, without rounding: the same for any order in which they are added.
 *
 * <p>A float is a whole number of 24 bits times a power of 2. A sum is held as 16 long numbers, one
 * for each 16 exponents, each with room for 2^23 floats before its higher bits are carried on. Most
 * floats have few exponents, and only those take memory. Not thread-safe.
 */
public final class ExactSums implements Serializable {
  private static final int PARTS = 16;
  private static final int PART_BITS = 4;
  private static final int LEAST_EXPONENT = -149;
  private static final int MAX_ADDED = 1 << 23;

  private final int sums;
  private final CountArray[] parts =
      new CountArray[PARTS]; // of all sums, in units of 2^(16 p - 149)
  private final boolean[] isNoNumber; // a NaN or an infinite number was added
  private long added;

  public ExactSums(int sums) {
    this.sums = sums;
    this.isNoNumber = new boolean[sums];
  }

  private CountArray part(int part) {
    if (parts[part] == null) {
      parts[part] = new CountArray(sums);
    }

    return parts[part];
  }

  /** Counts a value for each sum, so that there is room for them. */
  public void beginRow() {
    if (added++ == MAX_ADDED) {
      carry();
      added = 1;
    }
  }

  /** Adds a value to a sum, at most once for each {@link #beginRow}. */
  public void add(int sum, float value) {
    int bits = Float.floatToRawIntBits(value);
    int exponent = bits >>> 23 & 0xff;
    if (exponent == 0xff) {
      isNoNumber[sum] = true;
      return;
    }

    int shift = Math.max(exponent, 1) - 1;
    int whole = exponent == 0 ? bits & 0x7fffff : bits & 0x7fffff | 0x800000;
    if (whole != 0) {
      long shifted = (long) whole << (shift & PARTS - 1);
      part(shift >> PART_BITS).open()[sum] += bits < 0 ? -shifted : shifted;
    }
  }

  /**
   * Adds a value of each of some rows to a sum.
   *
   * @param rows fewer than 2^23, which {@link #beginRows} has counted
   */
  public void add(int sum, float[] values, int rows) {
    long[] byPart = new long[PARTS];
    for (int row = 0; row < rows; row++) {
      int bits = Float.floatToRawIntBits(values[row]);
      int exponent = bits >>> 23 & 0xff;
      if (exponent == 0xff) {
        isNoNumber[sum] = true;
        continue;
      }

      int shift = Math.max(exponent, 1) - 1;
      int whole = exponent == 0 ? bits & 0x7fffff : bits & 0x7fffff | 0x800000;
      long shifted = (long) whole << (shift & PARTS - 1);
      byPart[shift >> PART_BITS] += bits < 0 ? -shifted : shifted;
    }

    for (int part = 0; part < PARTS; part++) {
      if (byPart[part] != 0) {
        part(part).open()[sum] += byPart[part];
      }
    }
  }

  /** Counts rows, so that there is room for a value of each in each sum. */
  public void beginRows(int rows) {
    if (added + rows > MAX_ADDED) {
      carry();
    }

    added += rows;
  }

  /** Adds all sums of another. */
  public void add(ExactSums other) {
    carry();
    other.carry();
    for (int part = 0; part < PARTS; part++) {
      if (other.parts[part] != null) {
        part(part).add(other.parts[part]);
      }
    }

    for (int sum = 0; sum < sums; sum++) {
      isNoNumber[sum] |= other.isNoNumber[sum];
    }

    added += other.added;
  }

  /** Packs the sums before they are sent. */
  public void pack() {
    for (CountArray part : parts) {
      if (part != null) {
        part.pack();
      }
    }
  }

  /** Moves what has more than 16 bits into the next part; the last keeps all of its bits. */
  private void carry() {
    for (int part = 0; part < PARTS - 1; part++) {
      if (parts[part] == null) {
        continue;
      }

      long[] from = parts[part].open();
      for (int sum = 0; sum < sums; sum++) {
        long high = from[sum] >> PARTS;
        if (high != 0) {
          from[sum] -= high << PARTS;
          part(part + 1).open()[sum] += high;
        }
      }
    }

    added = Math.min(added, 1);
  }

  /** Returns the double that is nearest to a sum; NaN if a value was no number. */
  public double sum(int sum) {
    if (isNoNumber[sum]) {
      return Double.NaN;
    }

    BigInteger total = BigInteger.ZERO;
    for (int part = PARTS - 1; part >= 0; part--) {
      long value = parts[part] == null ? 0 : parts[part].open()[sum];
      total = total.shiftLeft(PARTS).add(BigInteger.valueOf(value));
    }

    return Math.scalb(total.doubleValue(), LEAST_EXPONENT);
  }
}
