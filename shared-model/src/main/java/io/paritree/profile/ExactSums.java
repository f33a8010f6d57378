package io.paritree.profile;

import java.io.Serializable;
import java.math.BigInteger;

/**
 * Sums of floats, without rounding: the same for any order in which they are added.
 *
 * <p>A float is a whole number of 24 bits times a power of 2. A sum is held as 16 long numbers, one
 * for each 16 exponents, each with room for 2^23 floats before its higher bits are carried on. Not
 * thread-safe.
 */
final class ExactSums implements Serializable {
  private static final int PARTS = 16;
  private static final int PART_BITS = 4;
  private static final int LEAST_EXPONENT = -149;
  private static final int MAX_ADDED = 1 << 23;

  private final CountArray parts; // part p of sum s at s * PARTS + p, in units of 2^(16 p - 149)
  private final boolean[] isNoNumber; // a NaN or an infinite number was added
  private long added;

  ExactSums(int sums) {
    this.parts = new CountArray(sums * PARTS);
    this.isNoNumber = new boolean[sums];
  }

  /** Counts a value for each sum, so that there is room for them. */
  void beginRow() {
    if (added++ == MAX_ADDED) {
      carry();
      added = 1;
    }
  }

  /** Adds a value to a sum, at most once for each {@link #beginRow}. */
  void add(int sum, float value) {
    int bits = Float.floatToRawIntBits(value);
    int exponent = bits >>> 23 & 0xff;
    if (exponent == 0xff) {
      isNoNumber[sum] = true;
      return;
    }

    int shift = Math.max(exponent, 1) - 1;
    int whole = exponent == 0 ? bits & 0x7fffff : bits & 0x7fffff | 0x800000;
    long part = (long) whole << (shift & PARTS - 1);
    parts.open()[sum * PARTS + (shift >> PART_BITS)] += bits < 0 ? -part : part;
  }

  /** Adds all sums of another. */
  void add(ExactSums other) {
    carry();
    other.carry();
    parts.add(other.parts);
    for (int sum = 0; sum < isNoNumber.length; sum++) {
      isNoNumber[sum] |= other.isNoNumber[sum];
    }

    added += other.added;
  }

  /** Packs the sums before they are sent. */
  void pack() {
    parts.pack();
  }

  /** Moves what has more than 16 bits into the next part; the last keeps all of its bits. */
  private void carry() {
    long[] all = parts.open();
    for (int at = 0; at < all.length; at++) {
      if (at % PARTS < PARTS - 1) {
        long high = all[at] >> PARTS;
        all[at] -= high << PARTS;
        all[at + 1] += high;
      }
    }

    added = Math.min(added, 1);
  }

  /** Returns the double that is nearest to a sum; NaN if a value was no number. */
  double sum(int sum) {
    if (isNoNumber[sum]) {
      return Double.NaN;
    }

    long[] all = parts.open();
    BigInteger total = BigInteger.ZERO;
    for (int part = PARTS - 1; part >= 0; part--) {
      total = total.shiftLeft(PARTS).add(BigInteger.valueOf(all[sum * PARTS + part]));
    }

    return Math.scalb(total.doubleValue(), LEAST_EXPONENT);
  }
}
