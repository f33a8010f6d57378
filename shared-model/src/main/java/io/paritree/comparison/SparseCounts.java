package io.paritree.comparison;

import io.paritree.profile.PackedNumbers;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;

/**
 * How often each of some pairs of whole numbers occurs. Packed, a pair takes about three bytes if
 * others are near it. Not thread-safe.
 */
final class SparseCounts implements Serializable {
  private static final int LEAST_PLACES = 64;

  private byte[] packed = {};

  /*
   * An open-addressing table of at least twice as many places as pairs. A place has a pair and,
   * after it, its count, so that both are read at once; it is free where the count is 0. Null while
   * packed.
   */
  private transient long[] places;
  private transient int shift; // the bits of a hash that are no place
  private transient int size;

  /**
   * The pairs, in the order of their first numbers, then of their second ones.
   *
   * @param counts how often each occurs
   */
  record Sorted(int[] first, int[] second, long[] counts) {}

  /** Adds a pair that occurs so often. */
  void add(int first, int second, long count) {
    if (places == null) {
      open();
    }

    long pair = pair(first, second);
    int place = place(pair);
    while (places[place + 1] != 0 && places[place] != pair) {
      place = place + 2 & places.length - 1;
    }

    if (places[place + 1] == 0) {
      places[place] = pair;
      size++;
    }

    places[place + 1] += count;
    if (4 * size > places.length) {
      grow();
    }
  }

  /**
   * Adds some pairs, each once, until more than a given number of them are different.
   *
   * @return how many it has added
   */
  int add(int[] first, int[] second, int from, int to, int most) {
    if (places == null) {
      open();
    }

    long[] table = places;
    for (int at = from; at < to; at++) {
      long pair = pair(first[at], second[at]);
      int place = place(pair);
      while (table[place + 1] != 0 && table[place] != pair) {
        place = place + 2 & table.length - 1;
      }

      if (table[place + 1] != 0) {
        table[place + 1]++;
        continue;
      }

      add(first[at], second[at], 1);
      table = places; // it may have grown
      if (size > most) {
        return at + 1 - from;
      }
    }

    return to - from;
  }

  /** Pairs sort as signed numbers as their first and second numbers do. */
  private static long pair(int first, int second) {
    return (long) first << Integer.SIZE | (second ^ Integer.MIN_VALUE) & 0xffffffffL;
  }

  private int place(long pair) {
    // The high bits of the product, since the low ones of pairs may all be alike.
    return (int) (pair * 0x9e3779b97f4a7c15L >>> shift) << 1;
  }

  /** Returns how many places a table of so many pairs has. */
  private static int placesOf(int pairs) {
    return Math.max(LEAST_PLACES, Integer.highestOneBit(Math.max(1, 2 * pairs - 1)) << 1);
  }

  private void allocate(int count) {
    places = new long[2 * count];
    shift = Long.SIZE - Integer.numberOfTrailingZeros(count);
    size = 0;
  }

  private void grow() {
    long[] before = places;
    allocate(before.length);
    for (int at = 0; at < before.length; at += 2) {
      if (before[at + 1] != 0) {
        add((int) (before[at] >> Integer.SIZE), second(before[at]), before[at + 1]);
      }
    }
  }

  /** Returns the same with pairs of which some low bits are dropped. */
  SparseCounts without(int bits) {
    if (places == null) {
      open();
    }

    SparseCounts fewer = new SparseCounts();
    fewer.allocate(placesOf(size - 1)); // if none falls together, it grows
    for (int at = 0; at < places.length; at += 2) {
      if (places[at + 1] != 0) {
        fewer.add(
            (int) (places[at] >> Integer.SIZE) >> bits, second(places[at]) >> bits, places[at + 1]);
      }
    }

    return fewer;
  }

  private static int second(long pair) {
    return (int) pair ^ Integer.MIN_VALUE;
  }

  private void open() {
    byte[] before = packed;
    allocate(LEAST_PLACES);
    addPacked(before);
  }

  private void addPacked(byte[] from) {
    Sorted sorted = unpacked(from);
    for (int at = 0; at < sorted.counts.length; at++) {
      add(sorted.first[at], sorted.second[at], sorted.counts[at]);
    }
  }

  /** Adds all pairs of another. */
  void add(SparseCounts other) {
    Sorted more = other.sorted();
    for (int at = 0; at < more.counts.length; at++) {
      add(more.first[at], more.second[at], more.counts[at]);
    }
  }

  /** Returns how many different pairs there are. */
  int size() {
    if (places == null) {
      open();
    }

    return size;
  }

  /** Packs the pairs before they are kept for long; others can be added afterwards. */
  void pack() {
    if (places != null) {
      packed = packed(sorted());
      places = null;
    }
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    pack();
    out.defaultWriteObject();
  }

  /** Returns all pairs. */
  Sorted sorted() {
    if (places == null) {
      return unpacked(packed);
    }

    long[] pairs = new long[size];
    int next = 0;
    for (int at = 0; at < places.length; at += 2) {
      if (places[at + 1] != 0) {
        pairs[next++] = places[at];
      }
    }

    Arrays.sort(pairs);
    int[] first = new int[size];
    int[] second = new int[size];
    long[] counts = new long[size];
    for (int at = 0; at < size; at++) {
      first[at] = (int) (pairs[at] >> Integer.SIZE);
      second[at] = second(pairs[at]);
      counts[at] = count(pairs[at]);
    }

    return new Sorted(first, second, counts);
  }

  private long count(long pair) {
    int place = place(pair);
    while (places[place] != pair || places[place + 1] == 0) {
      place = place + 2 & places.length - 1;
    }

    return places[place + 1];
  }

  /** A first number is written as the step from the one before it, a second one likewise. */
  private static byte[] packed(Sorted pairs) {
    PackedNumbers numbers = new PackedNumbers();
    numbers.add(pairs.counts.length);
    int first = 0;
    int second = 0;
    int secondOfFirst = 0; // of the first pair with the same first number
    for (int at = 0; at < pairs.counts.length; at++) {
      long step = (long) pairs.first[at] - first;
      boolean isNext = at == 0 || step != 0;
      if (isNext) {
        numbers.add(1);
        numbers.addSigned(step);
        second = secondOfFirst;
        secondOfFirst = pairs.second[at];
      }

      // The step to a pair with the same first number is one at least, and written as two or more.
      long further = (long) pairs.second[at] - second;
      if (isNext) {
        numbers.addSigned(further);
      } else {
        numbers.add(further + 1);
      }

      numbers.add(pairs.counts[at]);
      first = pairs.first[at];
      second = pairs.second[at];
    }

    return numbers.toBytes();
  }

  private static Sorted unpacked(byte[] packed) {
    PackedNumbers.Reader numbers = new PackedNumbers.Reader(packed);
    int count = packed.length == 0 ? 0 : (int) numbers.next();
    Sorted pairs = new Sorted(new int[count], new int[count], new long[count]);
    int first = 0;
    int second = 0;
    int secondOfFirst = 0;
    for (int at = 0; at < count; at++) {
      long step = numbers.next();
      if (step == 1) {
        first += (int) numbers.nextSigned();
        second = secondOfFirst + (int) numbers.nextSigned();
        secondOfFirst = second;
      } else {
        second += (int) (step - 1);
      }

      pairs.first[at] = first;
      pairs.second[at] = second;
      pairs.counts[at] = numbers.next();
    }

    return pairs;
  }
}
