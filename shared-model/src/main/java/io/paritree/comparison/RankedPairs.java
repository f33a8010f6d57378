package io.paritree.comparison;

import io.paritree.outcome.TopRows;
import java.util.Arrays;

/**
 * How two models rank the same rows, given the pairs of their values.
 *
 * <p>Rows with equal values share their mean rank. Where the border of a share of the top divides
 * such rows, each of them is in it in part, as if one order of the keys decided for both models:
 * equal values give an overlap of 1.
 *
 * <p>Values that are counted as one, since their lowest bits were dropped, are equal here. What
 * that can matter is the error of a {@link Measured}: how far it is from what all bits would give,
 * at most.
 */
final class RankedPairs {
  private final SparseCounts.Sorted pairs;
  private final boolean isExact;
  private final long[] rows;
  private final long all;
  private final Ranks first;
  private final Ranks second;

  /**
   * A measure.
   *
   * @param error how far it can be from the measure of values with all of their bits
   */
  record Measured(double value, double error) {}

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
      return TopRows.part(all - below[pair] - same[pair], same[pair], top);
    }
  }

  /**
   * @param isExact whether equal values are so by all of their bits
   */
  RankedPairs(SparseCounts.Sorted pairs, boolean isExact) {
    this.pairs = pairs;
    this.isExact = isExact;
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
  Measured correlation() {
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
    if (spread == 0) {
      return new Measured(Double.NaN, isExact ? 0 : 2);
    }

    double value = Math.max(-1, Math.min(1, both / spread));
    return new Measured(value, isExact ? 0 : errorOfCorrelation(value, ofFirst, ofSecond));
  }

  /**
   * Bounds the error. A rank of all bits is the rank here and a rest, whose mean is 0 among the
   * rows of each value. So the variance of the rests is at most what the variance here lacks to
   * that of ranks without ties, and covariances with a rest are at most the product of both
   * deviations (Cauchy and Schwarz).
   */
  private double errorOfCorrelation(double value, double ofFirst, double ofSecond) {
    double untied = all * ((double) all * all - 1) / 12;
    double first = Math.sqrt(Math.min(1, ofFirst / untied));
    double second = Math.sqrt(Math.min(1, ofSecond / untied));
    double withinFirst = Math.sqrt(1 - first * first);
    double withinSecond = Math.sqrt(1 - second * second);
    double covariance = withinFirst * second + first * withinSecond + withinFirst * withinSecond;
    double product = first * second;
    return Math.min(2, covariance / product + Math.abs(value) * (1 - product));
  }

  /** Returns which share of the rows that one model ranks first the other ranks first, too. */
  Measured overlap(long top) {
    double both = 0;
    long surely = 0; // above both borders
    long possibly = 0;
    long aboveFirst = 0;
    long aboveSecond = 0;
    for (int pair = 0; pair < rows.length; pair++) {
      double one = first.part(pair, all, top);
      double other = second.part(pair, all, top);
      both += rows[pair] * Math.min(one, other);
      surely += one == 1 && other == 1 ? rows[pair] : 0;
      possibly += one > 0 && other > 0 ? rows[pair] : 0;
      aboveFirst += one == 1 && other == 0 ? rows[pair] : 0;
      aboveSecond += one == 0 && other == 1 ? rows[pair] : 0;
    }

    // Rows that one model surely ranks first and the other surely does not are in no overlap.
    double most = Math.min(possibly, top - Math.max(aboveFirst, aboveSecond));
    double error = Math.max(both - surely, most - both) / top;
    return new Measured(both / top, isExact ? 0 : error);
  }
}
