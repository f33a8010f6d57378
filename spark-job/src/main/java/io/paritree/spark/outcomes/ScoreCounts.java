package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.paritree.spark.ending.RefusedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * How many scores there are, with labels or without.
 *
 * @param groups the scores of each bin ({@link #bin}), by what rows have in common
 * @param positives whether a label is the positive one, of the labels of which that is known
 */
record ScoreCounts(Map<RowGroup, Map<Integer, Long>> groups, Map<String, Boolean> positives) {
  private static final int BITS = 16;
  private static final int MOST_SEGMENTS = 1_000;

  /**
   * The bin of a score: the upper half of its bits as a float, in the order of the scores. Scores
   * of one bin differ by less than a hundredth.
   */
  private static final UDF1<Double, Integer> BIN = ScoreCounts::bin;

  static int bin(double score) {
    int bits = Float.floatToIntBits((float) score);
    return (bits ^ bits >> 31 & Integer.MAX_VALUE) >> BITS;
  }

  /** Returns the score in the middle of a bin. */
  static double middle(int bin) {
    int bits = bin << BITS | 1 << BITS - 1;
    return Float.intBitsToFloat(bits ^ bits >> 31 & Integer.MAX_VALUE);
  }

  /**
   * Counts the scores.
   *
   * @throws RefusedException if some are no numbers
   */
  static ScoreCounts of(OutcomeQuery query, PublishedScores scores) throws RefusedException {
    UserDefinedFunction bin = functions.udf(BIN, DataTypes.IntegerType);
    int levels = scores.levels().size();
    List<Column> by = RowGroup.columns(levels, query.by().size());
    by.add(col(PublishedScores.LABEL));
    by.add(bin.apply(col(PublishedScores.SCORE)).as("bin"));
    List<Row> rows =
        scores
            .rows()
            .filter(col(PublishedScores.SCORE).isNotNull())
            .groupBy(by.toArray(Column[]::new))
            .agg(
                count(lit(1)).as("rows"),
                min(col(PublishedScores.SCORE)).as("min"),
                max(col(PublishedScores.SCORE)).as("max"))
            .collectAsList();
    Map<RowGroup, Map<Integer, Long>> groups = new TreeMap<>();
    Map<String, Map<String, Double>> highest = new HashMap<>();
    for (Row row : rows) {
      double most = row.getAs("max");
      if (!Double.isFinite(most) || !Double.isFinite(row.<Double>getAs("min"))) {
        throw new RefusedException(
            "Cannot measure %s: it has scores that are no finite numbers"
                .formatted(query.scores().name()));
      }

      RowGroup group = RowGroup.of(row, levels, query.by().size());
      groups
          .computeIfAbsent(group, any -> new TreeMap<>())
          .merge(row.getAs("bin"), row.getAs("rows"), Long::sum);
      String label = row.getAs(PublishedScores.LABEL);
      if (label != null) {
        highest
            .computeIfAbsent(group.version(), any -> new HashMap<>())
            .merge(label, most, Math::max);
      }
    }

    for (int index = 0; index < query.by().size(); index++) {
      int column = index;
      long values =
          groups.keySet().stream().map(own -> own.segments().get(column)).distinct().count();
      if (values > MOST_SEGMENTS) {
        throw new RefusedException(
            "Cannot measure %s by '%s': it has %s values, and at most %s can be measured each; give a column with fewer"
                .formatted(query.scores().name(), query.by().get(index), values, MOST_SEGMENTS));
      }
    }

    return new ScoreCounts(groups, positives(highest));
  }

  /**
   * Returns which labels are positive: of the two of a version, the one of higher scores. A version
   * with one label only says nothing of it.
   */
  private static Map<String, Boolean> positives(Map<String, Map<String, Double>> highest) {
    Map<String, Boolean> positives = new TreeMap<>();
    for (Map<String, Double> labels : highest.values()) {
      if (labels.size() == 2) {
        List<String> names = List.copyOf(new TreeSet<>(labels.keySet()));
        boolean isFirst = labels.get(names.get(0)) > labels.get(names.get(1));
        positives.put(names.get(0), isFirst);
        positives.put(names.get(1), !isFirst);
      }
    }

    return positives;
  }

  /** Returns whether all scores may be probabilities. */
  boolean areProbabilities() {
    return groups.values().stream()
        .flatMap(bins -> bins.keySet().stream())
        .allMatch(bin -> bin >= 0 && bin <= bin(1));
  }

  /** Returns the number of scores. */
  long rows() {
    return groups.values().stream()
        .flatMap(bins -> bins.values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }
}
