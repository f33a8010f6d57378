package io.paritree.forest;

import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sets of categories that the splits on one feature send right, as rows of bits.
 *
 * <p>Set s of a category is bit {@code s & 63} of word {@code s >> 6} of the category's row.
 * Categories that are in the same sets share a row. Row 0 is all zeros, for values that go left at
 * every split: codes that no set lists, values that are no code, and missing values where missing
 * goes left. Row 1 is all ones, for missing values where missing goes right.
 */
final class CategorySets {
  static final int NONE = 0;
  static final int ALL = 1;

  /** With more codes than this per listed category, a table of all codes takes too much memory. */
  private static final int MAX_SPARSITY = 16;

  private final int[] listed;
  private final int[] rowOfListed;
  private final int[] rowOfCode;
  private final long[] bits;
  private final int words;

  private CategorySets(int[] listed, int[] rowOfListed, int[] rowOfCode, long[] bits, int words) {
    this.listed = listed;
    this.rowOfListed = rowOfListed;
    this.rowOfCode = rowOfCode;
    this.bits = bits;
    this.words = words;
  }

  /** Returns the largest number of bytes that {@link #of} would take for the bits. */
  static long bytes(List<int[]> sets) {
    return 8L * (2 + listed(sets).length) * ((sets.size() + 63) / 64);
  }

  private static int[] listed(List<int[]> sets) {
    return sets.stream().flatMapToInt(Arrays::stream).sorted().distinct().toArray();
  }

  /**
   * Builds the rows.
   *
   * @param sets each an ascending list of codes
   */
  static CategorySets of(List<int[]> sets) {
    int[] listed = listed(sets);
    int words = (sets.size() + 63) / 64;
    BitSet[] setsOf = new BitSet[listed.length];
    for (int set = 0; set < sets.size(); set++) {
      for (int code : sets.get(set)) {
        int at = Arrays.binarySearch(listed, code);
        setsOf[at] = setsOf[at] == null ? new BitSet() : setsOf[at];
        setsOf[at].set(set);
      }
    }

    Map<LongBuffer, Integer> rows = new HashMap<>();
    List<long[]> byRow = new ArrayList<>();
    int[] rowOfListed = new int[listed.length];
    for (int at = 0; at < listed.length; at++) {
      long[] packed = setsOf[at].toLongArray();
      Integer row = rows.putIfAbsent(LongBuffer.wrap(packed), byRow.size() + 2);
      if (row == null) {
        row = byRow.size() + 2;
        byRow.add(packed);
      }

      rowOfListed[at] = row;
    }

    long[] bits = new long[(byRow.size() + 2) * words];
    Arrays.fill(bits, words, 2 * words, -1L);
    for (int row = 0; row < byRow.size(); row++) {
      System.arraycopy(byRow.get(row), 0, bits, (row + 2) * words, byRow.get(row).length);
    }

    return new CategorySets(listed, rowOfListed, table(listed, rowOfListed), bits, words);
  }

  private static int[] table(int[] listed, int[] rowOfListed) {
    int codes = listed[listed.length - 1] + 1;
    if (codes > (long) MAX_SPARSITY * listed.length + 64) {
      return null;
    }

    int[] rows = new int[codes];
    for (int at = 0; at < listed.length; at++) {
      rows[listed[at]] = rowOfListed[at];
    }

    return rows;
  }

  /** Returns the row of a slot that is not missing. */
  int row(float slot) {
    if (!(slot >= 0f && slot < Tree.MAX_CATEGORIES)) {
      return NONE;
    }

    int code = (int) slot;
    if (rowOfCode != null) {
      return code < rowOfCode.length ? rowOfCode[code] : NONE;
    }

    int at = Arrays.binarySearch(listed, code);
    return at < 0 ? NONE : rowOfListed[at];
  }

  /** Returns the number of words of a row. */
  int words() {
    return words;
  }

  /** Returns the rows, one after the other. */
  long[] bits() {
    return bits;
  }
}
