package io.paritree.comparison;

import java.io.Serializable;

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
  private static final int SIGNS = 4; // of a pair, how many there are

  private final int most;
  private int dropped;
  private SparseCounts counts = new SparseCounts();

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

  /** Adds a pair; NaN is larger than all numbers, and -0 is 0. */
  void add(float first, float second) {
    counts.add(ordered(first) >> dropped, ordered(second) >> dropped, 1);
    limit();
  }

  /** Adds the first of some pairs. */
  void add(float[] first, float[] second, int size) {
    int[] one = new int[size];
    int[] other = new int[size];
    for (int added = 0; added < size; ) {
      for (int at = added; at < size; at++) {
        one[at] = ordered(first[at]) >> dropped;
        other[at] = ordered(second[at]) >> dropped;
      }

      added += counts.add(one, other, added, size, most);
      limit();
    }
  }

  private void limit() {
    while (counts.size() > most) {
      dropTo(dropped + 1);
    }
  }

  /** Adds all pairs of another, which counts as many. */
  void add(PairCounts other) {
    dropTo(Math.max(dropped, other.dropped));
    SparseCounts.Sorted pairs = other.counts.sorted();
    for (int at = 0; at < pairs.counts().length; at++) {
      int beyond = dropped - other.dropped; // which may grow meanwhile
      counts.add(pairs.first()[at] >> beyond, pairs.second()[at] >> beyond, pairs.counts()[at]);
      limit();
    }
  }

  private void dropTo(int bits) {
    if (bits > dropped) {
      counts = counts.without(bits - dropped);
      dropped = bits;
    }
  }

  /** Packs the pairs before they are kept for long; others can be added afterwards. */
  void pack() {
    counts.pack();
  }

  /** Returns the pairs, each float as a whole number; equal numbers are counted as one. */
  SparseCounts.Sorted sorted() {
    return counts.sorted();
  }

  /** Returns whether no bit was dropped. */
  boolean isExact() {
    return dropped == 0;
  }

  /** Returns a whole number that is in the order of the floats. */
  static int ordered(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ bits >> Integer.SIZE - 1 & Integer.MAX_VALUE;
  }
}
