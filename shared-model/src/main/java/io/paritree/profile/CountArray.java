package io.paritree.profile;

import java.io.ByteArrayOutputStream;
import java.io.Serializable;

/**
 * Many counts or sums, most of them small or zero, which take little space while they are packed:
 * each as the bytes that it needs, and zeros in a row as their number. Not thread-safe.
 */
final class CountArray implements Serializable {
  private static final int GROUP = 7;
  private static final int MORE = 1 << GROUP;

  private final int size;
  private byte[] packed = {}; // zeros at the end are left out
  private transient long[] open; // null while packed

  CountArray(int size) {
    this.size = size;
  }

  /** Returns all of them, to be changed in place until they are packed. */
  long[] open() {
    if (open == null) {
      open = unpacked();
    }

    return open;
  }

  /** Packs them; what is not packed is not sent. */
  void pack() {
    if (open == null) {
      return;
    }

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int zeros = 0;
    for (long count : open) {
      if (count == 0) {
        zeros++;
        continue;
      }

      if (zeros > 0) {
        bytes.write(0);
        write(zeros, bytes);
        zeros = 0;
      }

      write(count << 1 ^ count >> Long.SIZE - 1, bytes);
    }

    packed = bytes.toByteArray();
    open = null;
  }

  /** Writes a number with its lowest bits first, 7 in each byte. */
  private static void write(long number, ByteArrayOutputStream bytes) {
    long rest = number;
    while (rest >>> GROUP != 0) {
      bytes.write((int) (rest & MORE - 1 | MORE));
      rest >>>= GROUP;
    }

    bytes.write((int) rest);
  }

  private long[] unpacked() {
    long[] counts = new long[size];
    int at = 0;
    long number = 0;
    int shift = 0;
    boolean isNumberOfZeros = false;
    for (byte next : packed) {
      number |= (long) (next & MORE - 1) << shift;
      shift += GROUP;
      if (next < 0) {
        continue;
      }

      if (isNumberOfZeros) {
        at += (int) number;
      } else if (number != 0) {
        counts[at++] = number >>> 1 ^ -(number & 1);
      }

      isNumberOfZeros = !isNumberOfZeros && number == 0;
      number = 0;
      shift = 0;
    }

    return counts;
  }

  /** Adds another's counts, as many. */
  void add(CountArray other) {
    long[] own = open();
    long[] more = other.open == null ? other.unpacked() : other.open;
    for (int at = 0; at < size; at++) {
      own[at] += more[at];
    }
  }
}
