package io.paritree.comparison;

import java.util.Arrays;

/**
 * How two models rank the same rows, given the pairs of their values.
 *
 * <p>Rows with equal values share their mean rank. Where the border of a share of the top divides
 * such rows, each of them is in it in part, as if one order of the keys decided for both models:
 * equal values give an overlap of 1.
 */
final class RankedPairs {
  private final PairCounts.Counted pairs;
  private final long[] rows;
  private final long all;
  private final Ranks first;
  private final Ranks second;

  /** Of each pair, how many rows have a smaller value, and how many the same. */
  private record Ranks(int[] sorted, long[] below, long[] same) {
    static Ranks of(int[] values, long[] rows) {
      long[] order = new long[values.length];
      for (int at = 0; at < order.length; at++) {
        order[at] = (long) values[at] << Integer.SIZE | at;
      }

      Arrays.sort(order);
      int[] sorted = new int[order.length];
      long[] below = new long[order.length];
      long[] same = new long[order.length];
      long seen = 0;
      for (int start = 0; start < order.length; ) {
        int end = start;
        long equal = 0;
        while (end < order.length && order[end] >> Integer.SIZE == order[start] >> Integer.SIZE) {
          sorted[end] = (int) order[end];
          equal += rows[sorted[end++]];
        }

        for (int at = start; at < end; at++) {
          below[sorted[at]] = seen;
          same[sorted[at]] = equal;
        }

        seen += equal;
        start = end;
      }

      return new Ranks(sorted, below, same);
    }

    double rank(int pair) {
      return below[pair] + (same[pair] + 1) / 2.0;
    }

    /** Returns to which part a row is among the first, the largest value first. */
    double part(int pair, long all, long top) {
      long above = all - below[pair] - same[pair];
      return Math.max(0, Math.min(1, (double) (top - above) / same[pair]));
    }
  }

  RankedPairs(PairCounts.Counted pairs) {
    this.pairs = pairs;
    this.rows = pairs.counts();
    this.all = Arrays.stream(rows).sum();
    this.first = Ranks.of(pairs.first(), rows);
    this.second = Ranks.of(pairs.second(), rows);
  }

  /** Returns the largest distance of the distribution functions, 0 to 1; NaN without rows. */
  double distance() {
    int[] ofFirst = pairs.first();
    int[] ofSecond = pairs.second();
    long largest = 0;
    long belowFirst = 0;
    long belowSecond = 0;
    int inFirst = 0;
    int inSecond = 0;
    while (inFirst < rows.length || inSecond < rows.length) {
      int value = Integer.MAX_VALUE;
      value = inFirst < rows.length ? Math.min(value, ofFirst[first.sorted[inFirst]]) : value;
      value = inSecond < rows.length ? Math.min(value, ofSecond[second.sorted[inSecond]]) : value;
      while (inFirst < rows.length && ofFirst[first.sorted[inFirst]] == value) {
        belowFirst += rows[first.sorted[inFirst++]];
      }

      while (inSecond < rows.length && ofSecond[second.sorted[inSecond]] == value) {
        belowSecond += rows[second.sorted[inSecond++]];
      }

      largest = Math.max(largest, Math.abs(belowFirst - belowSecond));
    }

    return (double) largest / all;
  }

  /** Returns Spearman's correlation of ranks; NaN if all values of a model are equal. */
  double correlation() {
    double middle = (all + 1) / 2.0;
    double both = 0;
    double ofFirst = 0;
    double ofSecond = 0;
    for (int pair = 0; pair < rows.length; pair++) {
      double one = first.rank(pair) - middle;
      double other = second.rank(pair) - middle;
      both += rows[pair] * one * other;
      ofFirst += rows[pair] * one * one;
      ofSecond += rows[pair] * other * other;
    }

    double spread = Math.sqrt(ofFirst * ofSecond);
    return spread == 0 ? Double.NaN : Math.max(-1, Math.min(1, both / spread));
  }

  /** Returns which share of the rows that one model ranks first the other ranks first, too. */
  double overlap(long top) {
    double both = 0;
    for (int pair = 0; pair < rows.length; pair++) {
      both += rows[pair] * Math.min(first.part(pair, all, top), second.part(pair, all, top));
    }

    return both / top;
  }

  /** Returns the share of the most frequent value of a model. */
  double mostFrequent() {
    long most = Math.max(most(first), most(second));
    return (double) most / all;
  }

  private static long most(Ranks ranks) {
    return Arrays.stream(ranks.same).max().orElse(0);
  }
}
