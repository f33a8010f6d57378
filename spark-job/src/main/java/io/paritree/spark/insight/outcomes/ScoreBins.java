package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * Bins of scores. A bin has all scores with the same upper bits as floats: with 16 of them they
 * differ by less than a hundredth of their value, unless that is nearer to 0 than any normal float
 * is. Bins are in the order of their scores.
 */
final class ScoreBins {
  static final int BITS = 16;

  private ScoreBins() {}

  /** Returns the bin of a score by so many bits. */
  static int bin(double score, int bits) {
    int all = Float.floatToIntBits((float) score + 0.0f); // there is one zero
    return (all ^ all >> 31 & Integer.MAX_VALUE) >> Integer.SIZE - bits;
  }

  /** Returns the least score of a bin. */
  static double least(int bin, int bits) {
    int all = bin << Integer.SIZE - bits;
    return Float.intBitsToFloat(all ^ all >> 31 & Integer.MAX_VALUE);
  }

  /** Returns the bin of each score of a column. */
  static Column bin(String score) {
    return udf(
            (UDF1<Double, Integer>) own -> own == null ? null : bin(own, BITS),
            DataTypes.IntegerType)
        .apply(col(score));
  }

  /** Returns the least score of the bin of each score of a column; null for a null. */
  static Column least(String score, int bits) {
    return udf(
            (UDF1<Double, Double>) own -> own == null ? null : least(bin(own, bits), bits),
            DataTypes.DoubleType)
        .apply(col(score));
  }

  /** Returns the first of the bins of {@link #BITS} bits whose upper bits are the same. */
  static int wider(int bin, int bits) {
    return bin & -1 << BITS - bits;
  }

  /** Returns the same of each bin of a column. */
  static Column wider(Column bin, int bits) {
    return bin.bitwiseAND(lit(-1 << BITS - bits));
  }
}
