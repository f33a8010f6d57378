package io.paritree.profile;

import java.io.IOException;
import java.io.ObjectOutputStream;

/**
 * Many counts, most of them small or zero, which take little space while they are packed: each as
 * the bytes that it needs, and zeros in a row as their number. Not thread-safe.
 */
final class CountArray implements Counts<CountArray> {
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

  /** Packs them before they are kept for long. */
  @Override
  public void pack() {
    if (open == null) {
      return;
    }

    PackedNumbers numbers = new PackedNumbers();
    int zeros = 0;
    for (long count : open) {
      if (count == 0) {
        zeros++;
        continue;
      }

      if (zeros > 0) {
        numbers.add(0);
        numbers.add(zeros);
        zeros = 0;
      }

      numbers.add(count);
    }

    packed = numbers.toBytes();
    open = null;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    pack();
    out.defaultWriteObject();
  }

  private long[] unpacked() {
    long[] counts = new long[size];
    PackedNumbers.Reader numbers = new PackedNumbers.Reader(packed);
    for (int at = 0; numbers.hasNext(); ) {
      long number = numbers.next();
      if (number == 0) {
        at += (int) numbers.next();
      } else {
        counts[at++] = number;
      }
    }

    return counts;
  }

  /** Adds another's counts, as many. */
  @Override
  public void add(CountArray other) {
    long[] own = open();
    long[] more = other.open == null ? other.unpacked() : other.open;
    for (int at = 0; at < size; at++) {
      own[at] += more[at];
    }
  }
}
