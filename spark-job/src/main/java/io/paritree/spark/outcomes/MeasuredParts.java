package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.posexplode_outer;
import static org.apache.spark.sql.functions.when;

import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeRow;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * Which scores of a row are measured, and in which order: a row of classes has one for each class,
 * and the rows of a list are read together.
 */
final class MeasuredParts {
  /** What the score is of, as in {@link OutcomeRow}. */
  static final String PART = "part";

  /** The score. */
  static final String VALUE = "value";

  private static final String CLASS = "class";
  private static final String CLASS_VALUE = "class_value";

  private MeasuredParts() {}

  /**
   * Returns rows with {@link #PART} and {@link #VALUE}.
   *
   * @param isMeasured whether a row is; others come once
   * @param value the score of such a row, or of a row that has one only
   * @param classScores the column of the scores of classes
   */
  static Dataset<Row> of(
      OutcomeKind kind, Dataset<Row> rows, Column isMeasured, Column value, String classScores) {
    return switch (kind) {
      case BINARY, VALUES -> rows.withColumn(VALUE, value).withColumn(PART, lit(0L));
      case RANKING ->
          rows.withColumn(VALUE, value)
              .withColumn(PART, when(isMeasured, col(PublishedScores.LIST)).otherwise(0L));
      case CLASSES ->
          rows.select(
                  col("*"),
                  posexplode_outer(when(isMeasured, col(classScores)))
                      .as(new String[] {CLASS, CLASS_VALUE}))
              .withColumn(VALUE, coalesce(col(CLASS_VALUE), value))
              .withColumn(
                  PART, coalesce(col(CLASS).cast(DataTypes.LongType), lit(OutcomeRow.NO_CLASS)))
              .drop(CLASS, CLASS_VALUE);
    };
  }

  /** Returns what rows are sorted by first. */
  static List<Column> order(OutcomeKind kind) {
    return kind == OutcomeKind.RANKING ? List.of(col(PART), col(VALUE)) : List.of(col(VALUE));
  }
}
