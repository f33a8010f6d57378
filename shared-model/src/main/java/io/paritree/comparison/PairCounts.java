package io.paritree.comparison;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Counts how often each pair of floats occurs, in bounded memory.
 *
 * <p>Pairs are counted by all of their bits while at most a given number of them are different.
 * Beyond that, the lowest bits of both floats are dropped, one after the other, until there are few
 * enough. How many bits must be dropped follows from the set of pairs alone: so the result depends
 * neither on the order of the pairs nor on how they were divided among counts that are added up.
 * Not thread-safe.
 */
final class PairCounts implements Serializable {
  private static final int FRACTION_BITS = 23;
  private static final int SIGN = 0x80000000;
  private static final int SIGNS = 4; // of a pair, how many there are
  private static final int LEAST_PLACES = 64;

  private final int most;
  private int dropped;
  private long[] packedPairs = {};
  private long[] packedCounts = {};

  /*
   * An open-addressing table of at least twice as many places as pairs; a place is free where its
   * count is 0. Null while packed.
   */
  private transient long[] pairs;
  private transient long[] counts;
  private transient int size;

  /**
   * @param most the most different pairs, at least 4, since the signs are never dropped
   */
  PairCounts(int most) {
    if (most < SIGNS) {
      throw new IllegalArgumentException(
          "Cannot count at most %s different pairs: expected %s or more".formatted(most, SIGNS));
    }

    this.most = most;
  }

  /** The pairs that were counted, in the order of their first floats, then of their second ones. */
  record Counted(int[] first, int[] second, long[] counts) {}

  /** Adds a pair; NaN is larger than all numbers, and -0 is 0. */
  void add(float first, float second) {
    open();
    add((long) ordered(first) << Integer.SIZE | (ordered(second) ^ SIGN) & 0xffffffffL, 1);
  }

  /** Adds all pairs of another, which counts as many. */
  void add(PairCounts other) {
    open();
    dropTo(Math.max(dropped, other.dropped));
    other.pack();
    for (int at = 0; at < other.packedPairs.length; at++) {
      add(other.packedPairs[at], other.packedCounts[at]);
    }
  }

  private void add(long pair, long count) {
    put(pair & mask(), count);
    while (size > most) {
      dropTo(dropped + 1);
    }
  }

  private long mask() {
    long kept = -1 << dropped & 0xffffffffL;
    return kept << Integer.SIZE | kept;
  }

  private void put(long pair, long count) {
    int place = place(pair);
    while (counts[place] != 0 && pairs[place] != pair) {
      place = place + 1 & pairs.length - 1;
    }

    if (counts[place] == 0) {
      pairs[place] = pair;
      size++;
    }

    counts[place] += count;
    if (2 * size > pairs.length) {
      rebuild(2 * pairs.length);
    }
  }

  private int place(long pair) {
    // The high bits, since the low ones of pairs may all be 0.
    return (int)
        (pair * 0x9e3779b97f4a7c15L >>> Long.SIZE - Integer.numberOfTrailingZeros(pairs.length));
  }

  private void dropTo(int bits) {
    if (bits > dropped) {
      dropped = bits;
      rebuild(pairs.length);
    }
  }

  private void rebuild(int places) {
    long[] oldPairs = pairs;
    long[] oldCounts = counts;
    pairs = new long[places];
    counts = new long[places];
    size = 0;
    for (int at = 0; at < oldPairs.length; at++) {
      if (oldCounts[at] != 0) {
        put(oldPairs[at] & mask(), oldCounts[at]);
      }
    }
  }

  private void open() {
    if (pairs == null) {
      int places = Integer.highestOneBit(Math.max(LEAST_PLACES, packedPairs.length)) << 2;
      pairs = new long[places];
      counts = new long[places];
      size = 0;
      for (int at = 0; at < packedPairs.length; at++) {
        put(packedPairs[at], packedCounts[at]);
      }
    }
  }

  /** Packs the pairs before they are sent; others can be added afterwards. */
  void pack() {
    if (pairs == null) {
      return;
    }

    long[] sorted = new long[size];
    int next = 0;
    for (int at = 0; at < pairs.length; at++) {
      if (counts[at] != 0) {
        sorted[next++] = pairs[at];
      }
    }

    Arrays.sort(sorted);
    packedCounts = new long[size];
    for (int at = 0; at < size; at++) {
      packedCounts[at] = count(sorted[at]);
    }

    packedPairs = sorted;
    pairs = null;
    counts = null;
  }

  private long count(long pair) {
    int place = place(pair);
    while (pairs[place] != pair || counts[place] == 0) {
      place = place + 1 & pairs.length - 1;
    }

    return counts[place];
  }

  /** Returns the pairs; each float as a whole number in the same order, see {@link #value}. */
  Counted counted() {
    pack();
    int[] first = new int[packedPairs.length];
    int[] second = new int[packedPairs.length];
    for (int at = 0; at < first.length; at++) {
      first[at] = (int) (packedPairs[at] >> Integer.SIZE);
      second[at] = (int) packedPairs[at] ^ SIGN;
    }

    return new Counted(first, second, packedCounts.clone());
  }

  /** Returns whether no bit was dropped. */
  boolean isExact() {
    return dropped == 0;
  }

  /** Returns by which part of itself a {@link #value} is wrong at most: 0 to 1. */
  double error() {
    return dropped == 0 ? 0 : Math.min(1, Math.scalb(1.0, dropped - 1 - FRACTION_BITS));
  }

  /** Returns the float of a counted number: the middle of those that are counted together. */
  float value(int ordered) {
    int middle = dropped == 0 ? ordered : ordered | 1 << dropped - 1;
    return Float.intBitsToFloat(middle < 0 ? middle ^ Integer.MAX_VALUE : middle);
  }

  private static int ordered(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
  }
}
