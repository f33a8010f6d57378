package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.hash.Murmur3_x86_32;

/**
 * Ranges of numbers with about as many rows each, so that tasks can sort them. Spark's own sort
 * would find out such ranges by reading all rows twice.
 *
 * @param bounds the first number of each range but the first one, ascending
 */
record ScoreRanges(double[] bounds) implements Serializable {
  private static final int SPARK_SEED = 42;

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

  /** Returns by which value Spark puts a number into the partition that is its range. */
  Column partition(Column number) {
    int[] values = values(count());
    UDF1<Double, Integer> value = own -> values[of(own)];
    return functions.udf(value, DataTypes.IntegerType).apply(number.cast(DataTypes.DoubleType));
  }

  /** Returns a value for each partition: Spark chooses one by the remainder of a value's hash. */
  private static int[] values(int partitions) {
    int[] values = new int[partitions];
    boolean[] isFound = new boolean[partitions];
    int left = partitions;
    for (int value = 0; left > 0; value++) {
      int partition = Math.floorMod(Murmur3_x86_32.hashInt(value, SPARK_SEED), partitions);
      if (!isFound[partition]) {
        isFound[partition] = true;
        values[partition] = value;
        left--;
      }
    }

    return values;
  }
}
