package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The scores that have a label; where the lack of one means one, all scores. */
final class JoinedScores {
  /** Whether the label is from before the score. */
  static final String LEAK = "leak";

  /** Whether the row is so old that all of its outcomes are known. */
  static final String MATURE = "mature";

  /** Whether the row is measured: it has a label that is no leak, or the lack of one means one. */
  static final String MEASURED = "measured";

  private JoinedScores() {}

  /**
   * Returns the columns of the scores and of the labels, {@link RowGroup#NUMBER}, {@link #LEAK},
   * {@link #MATURE} and {@link #MEASURED}.
   */
  static Dataset<Row> of(
      OutcomeQuery query, PublishedScores scores, LabelTable labels, MaturePartitions maturity) {
    int levels = scores.levels().size();
    Column isMature = isMature(maturity);
    boolean areAll = query.unmatched() == Unmatched.NEGATIVE;
    Column means = areAll ? isMature : lit(false);
    return scores
        .rows()
        .filter(col(PublishedScores.SCORE).isNotNull())
        .join(labels.rows(), PublishedScores.keys(query.keys().size()), areAll ? "left" : "inner")
        .withColumn(RowGroup.NUMBER, RowGroup.number(levels, query.by().size()))
        .withColumn(LEAK, coalesce(col(LabelRows.TIME).lt(day(maturity)), lit(false)))
        .withColumn(MATURE, isMature)
        .withColumn(MEASURED, not(col(LEAK)).and(col(LabelRows.OUTCOME).isNotNull().or(means)));
  }

  /** Returns the day on which a row was scored; null if it is not known. */
  private static Column day(MaturePartitions maturity) {
    return maturity.dayLevel() < 0
        ? col(PublishedScores.SCORED)
        : PublishedScores.day(PublishedScores.level(maturity.dayLevel()));
  }

  private static Column isMature(MaturePartitions maturity) {
    return maturity
        .horizonDays()
        .map(
            horizon ->
                coalesce(
                    date_add(day(maturity), horizon)
                        .leq(lit(maturity.asOf().orElseThrow().toString()).cast("date")),
                    lit(false)))
        .orElse(lit(true));
  }
}
