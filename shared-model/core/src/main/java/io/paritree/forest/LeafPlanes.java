package io.paritree.forest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Turns 8 planes into 64 leaf numbers of 8 bits. Plane b is bit b of the leaf numbers of 64 rows.
 *
 * <p>The result has the numbers of the rows in the order 0, 8, ... 56, 1, 9, ...: each byte column
 * of the planes is a square of 8 by 8 bits, and all eight squares are transposed at the same time.
 * {@link #place} returns the position of a row's number; it is its own inverse.
 */
final class LeafPlanes {
  static final int PLANES = WideMemory.PLANES;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private LeafPlanes() {}

  /** Returns the position of the leaf number of a row in the result. */
  static int place(int row) {
    return (row & 7) << 3 | row >> 3;
  }

  /**
   * Transposes the planes.
   *
   * @param planes plane b at {@code planes[b]}, 8 of them
   * @param numbers receives 64 numbers from {@code at} on
   */
  static void toNumbers(long[] planes, byte[] numbers, int at) {
    long a = planes[0];
    long b = planes[1];
    long c = planes[2];
    long d = planes[3];
    long e = planes[4];
    long f = planes[5];
    long g = planes[6];
    long h = planes[7];
    long swapped = (a >>> 4 ^ e) & 0x0f0f0f0f0f0f0f0fL;
    e ^= swapped;
    a ^= swapped << 4;
    swapped = (b >>> 4 ^ f) & 0x0f0f0f0f0f0f0f0fL;
    f ^= swapped;
    b ^= swapped << 4;
    swapped = (c >>> 4 ^ g) & 0x0f0f0f0f0f0f0f0fL;
    g ^= swapped;
    c ^= swapped << 4;
    swapped = (d >>> 4 ^ h) & 0x0f0f0f0f0f0f0f0fL;
    h ^= swapped;
    d ^= swapped << 4;

    swapped = (a >>> 2 ^ c) & 0x3333333333333333L;
    c ^= swapped;
    a ^= swapped << 2;
    swapped = (b >>> 2 ^ d) & 0x3333333333333333L;
    d ^= swapped;
    b ^= swapped << 2;
    swapped = (e >>> 2 ^ g) & 0x3333333333333333L;
    g ^= swapped;
    e ^= swapped << 2;
    swapped = (f >>> 2 ^ h) & 0x3333333333333333L;
    h ^= swapped;
    f ^= swapped << 2;

    swapped = (a >>> 1 ^ b) & 0x5555555555555555L;
    LONGS.set(numbers, at, a ^ swapped << 1);
    LONGS.set(numbers, at + 8, b ^ swapped);
    swapped = (c >>> 1 ^ d) & 0x5555555555555555L;
    LONGS.set(numbers, at + 16, c ^ swapped << 1);
    LONGS.set(numbers, at + 24, d ^ swapped);
    swapped = (e >>> 1 ^ f) & 0x5555555555555555L;
    LONGS.set(numbers, at + 32, e ^ swapped << 1);
    LONGS.set(numbers, at + 40, f ^ swapped);
    swapped = (g >>> 1 ^ h) & 0x5555555555555555L;
    LONGS.set(numbers, at + 48, g ^ swapped << 1);
    LONGS.set(numbers, at + 56, h ^ swapped);
  }
}
