package io.paritree.outcome;

import java.util.Arrays;

/**
 * The rows of one list, in ascending order of their scores.
 *
 * <p>Its gain is that of K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR
 * techniques", 2002, as XGBoost has it: {@code 2^relevance - 1} at place i, counted from 1, over
 * {@code log2(1 + i)}. Where scores are equal, each order of them is as likely as any other: F.
 * McSherry and M. Najork, "Computing information retrieval performance measures efficiently in the
 * presence of tied scores", 2008.
 */
final class RankedList {
  private static final int FIRST_ROOM = 16;

  private double[] scores = new double[FIRST_ROOM];
  private int[] relevances = new int[FIRST_ROOM];
  private long[] rows = new long[FIRST_ROOM];
  private final long[] rowsByRelevance = new long[RankOutcome.MOST_RELEVANT + 1];
  private int size;
  private long all;
  private double weight;

  void add(OutcomeRow row) {
    int relevance = (int) row.outcome();
    if (relevance != row.outcome() || relevance < 0 || relevance > RankOutcome.MOST_RELEVANT) {
      throw new IllegalArgumentException(
          "Cannot measure a list with the relevance %s: a whole number from 0 to %s was expected"
              .formatted(row.outcome(), RankOutcome.MOST_RELEVANT));
    }

    if (size > 0 && !(row.score() >= scores[size - 1])) {
      throw new IllegalArgumentException(
          "Cannot measure the score %s after %s in one list: ascending numbers were expected"
              .formatted(row.score(), scores[size - 1]));
    }

    if (size == scores.length) {
      scores = Arrays.copyOf(scores, 2 * size);
      relevances = Arrays.copyOf(relevances, 2 * size);
      rows = Arrays.copyOf(rows, 2 * size);
    }

    scores[size] = row.score();
    relevances[size] = relevance;
    rows[size++] = row.rows();
    rowsByRelevance[relevance] += row.rows();
    all += row.rows();
    weight += row.total();
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Returns whether no row is relevant, so that any order is as good as any other. */
  boolean hasNoRelevant() {
    return rowsByRelevance[0] == all;
  }

  /** Returns the mean weight of its rows. */
  double weight() {
    return weight / all;
  }

  void clear() {
    size = 0;
    all = 0;
    weight = 0;
    Arrays.fill(rowsByRelevance, 0);
  }

  /** Returns the gain of the first places, as a share of the best; 1 if no row is relevant. */
  double gain(int places) {
    if (hasNoRelevant()) {
      return 1;
    }

    double gain = 0;
    long place = 0;
    int at = size - 1;
    while (at >= 0 && place < places) {
      double score = scores[at];
      double gains = 0;
      long equal = 0;
      for (; at >= 0 && scores[at] == score; at--) {
        gains += rows[at] * gainOf(relevances[at]);
        equal += rows[at];
      }

      gain += gains / equal * discounts(place, Math.min(places, place + equal));
      place += equal;
    }

    return gain / best(places);
  }

  private double best(int places) {
    double best = 0;
    long place = 0;
    for (int relevance = RankOutcome.MOST_RELEVANT; relevance > 0 && place < places; relevance--) {
      long end = place + rowsByRelevance[relevance];
      best += gainOf(relevance) * discounts(place, Math.min(places, end));
      place = end;
    }

    return best;
  }

  private static double gainOf(int relevance) {
    return (1L << relevance) - 1;
  }

  private static double discounts(long from, long to) {
    double sum = 0;
    for (long place = from; place < to; place++) {
      sum += StrictMath.log(2) / StrictMath.log(place + 2);
    }

    return sum;
  }
}
