package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Ranges of numbers with about as many rows each, so that tasks can sort them. Spark's own sort
 * would find out such ranges by reading all rows twice.
 *
 * @param bounds the first number of each range but the first one, ascending
 */
record ScoreRanges(double[] bounds) implements Serializable {
  /**
   * Returns ranges of as many scores, if those of a bin are spread evenly.
   *
   * @param least score
   * @param most the highest score
   */
  static ScoreRanges ofScores(ScoreBins scores, double least, double most, int ranges) {
    double each = (double) scores.total() / ranges;
    double[] bounds = new double[ranges - 1];
    scores.forEach(
        new ScoreBins.Visitor() {
          private double below;
          private int found;

          @Override
          public void bin(int bin, long own) {
            double from = Math.max(least, ScoreBins.least(bin));
            double to = Math.min(most, ScoreBins.least(bin + 1));
            for (; found < bounds.length && (found + 1) * each <= below + own; found++) {
              bounds[found] = from + (to - from) * ((found + 1) * each - below) / own;
            }

            below += own;
          }
        });
    return new ScoreRanges(bounds);
  }

  /** Returns ranges of the probabilities of classes, most of which are small. */
  static ScoreRanges ofProbabilities(int ranges) {
    double[] bounds = new double[ranges - 1];
    Arrays.setAll(bounds, at -> Math.pow((at + 1.0) / ranges, 4));
    return new ScoreRanges(bounds);
  }

  /** Returns ranges of hashes. */
  static ScoreRanges ofHashes(int ranges) {
    double[] bounds = new double[ranges - 1];
    Arrays.setAll(bounds, at -> Long.MIN_VALUE + (at + 1) * (0x1p64 / ranges));
    return new ScoreRanges(bounds);
  }

  int count() {
    return bounds.length + 1;
  }

  /** Returns the range of a number, from 0. */
  int of(double number) {
    int at = Arrays.binarySearch(bounds, number);
    return at < 0 ? -at - 1 : at + 1;
  }

  /** Returns whether a number, which is in no range before, is in a range. */
  boolean isIn(int range, double number) {
    return range == bounds.length || number < bounds[range];
  }
}
