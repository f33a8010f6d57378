package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.paritree.spark.insight.outcomes.OutcomeQuery.Unmatched;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The scores that have a label; where the lack of one means one, all scores. */
final class JoinedScores {
  /** Whether the label is from before the score. */
  static final String LEAK = "leak";

  /** Whether the row is so old that all of its outcomes are known. */
  static final String MATURE = "mature";

  /** The day on which the row was scored; null if it is not known. */
  static final String DAY = "scored_on";

  /** Whether the row is measured: it has a label that is no leak, or the lack of one means one. */
  static final String MEASURED = "measured";

  private JoinedScores() {}

  /**
   * Returns the columns of the scores and of the labels, {@link RowGroup#NUMBER}, {@link #LEAK},
   * {@link #MATURE} and {@link #MEASURED}.
   *
   * @param days as {@link MaturePartitions#days} returns them
   */
  static Dataset<Row> of(
      OutcomeQuery query, PublishedScores scores, LabelTable labels, Dataset<Row> days) {
    int levels = scores.levels().size();
    boolean areAll = query.unmatched() == Unmatched.NEGATIVE;
    Column means = areAll ? col(MATURE) : lit(false);
    return scores
        .rows()
        .filter(col(PublishedScores.SCORE).isNotNull())
        .join(labels.rows(), PublishedScores.keys(query.keys().size()), areAll ? "left" : "inner")
        .withColumn(RowGroup.NUMBER, RowGroup.number(levels, query.by().size()))
        .join(broadcast(days), RowGroup.NUMBER)
        .withColumn(LEAK, coalesce(col(LabelRows.TIME).lt(col(DAY)), lit(false)))
        .withColumn(MEASURED, not(col(LEAK)).and(col(LabelRows.OUTCOME).isNotNull().or(means)));
  }
}
