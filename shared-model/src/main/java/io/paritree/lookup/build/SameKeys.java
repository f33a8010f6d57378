package io.paritree.lookup.build;

import java.util.Arrays;

/**
 * Which rows of a few have the same key, in a time that grows with their number, however often a
 * key occurs. Memory is 8 bytes for each row, and 8 to 16 for each key. Not thread-safe.
 */
final class SameKeys {
  private static final int FIRST_PLACES = 64;

  private final Rows rows;
  private int[] places = new int[FIRST_PLACES]; // indexes of first rows, plus 1, by their hashes
  private long[] counts = new long[FIRST_PLACES];
  private int keys;

  /** The rows that are compared, by their numbers. */
  interface Rows {
    long hash(int row);

    boolean isSameKey(int one, int other);

    /** Returns how many rows this one stands for. */
    long count(int row);
  }

  SameKeys(Rows rows) {
    this.rows = rows;
  }

  /**
   * Counts the rows of each key.
   *
   * @param order the numbers of rows; those from {@code begin} to {@code end} are read
   * @return at the index of the first row of a key, less {@code begin}, how many rows have it; 0 at
   *     those of the others. Valid until the next call
   */
  long[] count(int[] order, int begin, int end) {
    if (counts.length < end - begin) {
      counts = new long[Math.max(end - begin, 2 * counts.length)];
    }

    places = places.length > 1 << 10 ? new int[FIRST_PLACES] : places;
    Arrays.fill(places, 0);
    Arrays.fill(counts, 0, end - begin, 0);
    keys = 0;
    for (int at = begin; at < end; at++) {
      int place = place(order, begin, order[at]);
      if (places[place] == 0) {
        places[place] = at - begin + 1;
        keys++;
        if (2 * keys > places.length) {
          grow(order, begin);
        }

        counts[at - begin] = rows.count(order[at]);
      } else {
        counts[places[place] - 1] += rows.count(order[at]);
      }
    }

    return counts;
  }

  private int place(int[] order, int begin, int row) {
    int mask = places.length - 1;
    int place = (int) (rows.hash(row) * 0x9e3779b97f4a7c15L >>> Integer.SIZE) & mask;
    while (places[place] != 0 && !rows.isSameKey(row, order[begin + places[place] - 1])) {
      place = place + 1 & mask;
    }

    return place;
  }

  private void grow(int[] order, int begin) {
    int[] old = places;
    places = new int[Math.multiplyExact(2, old.length)];
    for (int first : old) {
      if (first != 0) {
        places[place(order, begin, order[begin + first - 1])] = first;
      }
    }
  }
}
