package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.posexplode_outer;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.ValueSums;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * How Spark counts scores with their labels: the columns of {@link CountedRows}.
 *
 * @param centre about the mean of all outcomes
 */
record GroupColumns(OutcomeForm form, double centre) {
  /** The outcome that a label of the rows says; null if {@link RowGroup} says it. */
  static final String SAID = "said";

  /** What a score is of, as in {@link OutcomeRow}. */
  private static final String PART = "part";

  /** The score that is measured. */
  private static final String VALUE = "value";

  private static final String FLAGS = "flags";
  private static final String BIN = "bin";
  private static final String ROWS = "rows";
  private static final String SQUARES = "squares";
  private static final String SCORES = "scores";
  private static final String TERMS = "terms";
  private static final String OUTCOMES = "outcomes";
  private static final String LEAST = "least";
  private static final String LARGEST = "largest";
  private static final List<String> KEYS =
      List.of(RowGroup.NUMBER, FLAGS, BIN, PART, SAID, VALUE, LabelRows.OUTCOME);

  private static final List<String> WHOLES = List.of(RowGroup.NUMBER, FLAGS, ROWS);
  private static final List<String> WHOLES_OF_CLASSES =
      List.of(RowGroup.NUMBER, FLAGS, ROWS, BIN, PART);
  private static final List<String> NUMBERS =
      List.of(SAID, VALUE, LabelRows.OUTCOME, LabelRows.WEIGHT, SQUARES, SCORES);
  private static final List<String> NUMBERS_OF_VALUES = List.of(OUTCOMES, LEAST, LARGEST);

  /** What values add up to, as {@link ValueSums} has it. */
  private static final int TERM_COUNT = 8;

  private boolean isOfValues() {
    return form.kind() == OutcomeKind.VALUES;
  }

  /** Returns the scores that are measured, and the others as they are counted. */
  private Dataset<Row> parts(Dataset<Row> joined) {
    boolean isOfLists = form.kind() == OutcomeKind.RANKING; // whose rows are measured elsewhere
    Column isMeasured = col(JoinedScores.MEASURED);
    Column score = col(PublishedScores.SCORE);
    Column outcome = coalesce(col(LabelRows.OUTCOME), lit(0.0));
    Dataset<Row> parts =
        form.kind() == OutcomeKind.CLASSES
            ? ofClasses(joined, isMeasured, score)
            : joined.withColumn(PART, lit(0L)).withColumn(VALUE, score);
    List<Column> columns = new ArrayList<>();
    columns.add(col(RowGroup.NUMBER));
    columns.add(col(SAID));
    columns.add(flags().as(FLAGS));
    boolean isOfClasses = form.kind() == OutcomeKind.CLASSES;
    columns.add(
        (isOfClasses ? ScoreBins.bin(PublishedScores.SCORE).cast("long") : lit(0L)).as(BIN));
    columns.add(col(PART));
    Column bin = ScoreBins.least(PublishedScores.SCORE, ScoreBins.BITS);
    columns.add((isOfLists ? bin : when(isMeasured, col(VALUE)).otherwise(bin)).as(VALUE));
    columns.add((isOfValues() || isOfLists ? lit(0.0) : outcome).as(LabelRows.OUTCOME));
    columns.add(coalesce(col(LabelRows.WEIGHT), lit(1.0)).as(LabelRows.WEIGHT));
    if (isOfValues()) {
      columns.add(outcome.as(OUTCOMES));
      columns.add(terms(form.quantile(), centre).apply(score, outcome).as(TERMS));
    }

    return parts.select(columns.toArray(Column[]::new));
  }

  private static Column flags() {
    return flag(col(LabelRows.OUTCOME).isNotNull(), CountedRows.HAS_OUTCOME)
        .plus(flag(col(JoinedScores.LEAK), CountedRows.IS_LEAK))
        .plus(flag(col(JoinedScores.MEASURED), CountedRows.IS_MEASURED));
  }

  private static Column flag(Column isSet, long bit) {
    return when(isSet, bit).otherwise(0L);
  }

  /** Returns a row for each class that has a score; other rows once. */
  private static Dataset<Row> ofClasses(Dataset<Row> joined, Column isMeasured, Column score) {
    Column scores = when(isMeasured, col(PublishedScores.CLASS_SCORES));
    return joined
        .select(col("*"), posexplode_outer(scores).as(new String[] {PART, VALUE}))
        .withColumn(VALUE, coalesce(col(VALUE), score))
        .withColumn(PART, coalesce(col(PART).cast("long"), lit(OutcomeRow.NO_CLASS)));
  }

  /** Returns what a row adds to each of the sums, for a weight of 1. */
  private static UserDefinedFunction terms(OptionalDouble quantile, double centre) {
    double share = quantile.orElse(Double.NaN);
    return functions
        .udf(
            (UDF2<Double, Double, double[]>)
                (score, outcome) -> {
                  ValueSums own = ValueSums.ofRow(score, outcome, OptionalDouble.of(share));
                  return new double[] {
                    own.errors(),
                    own.absoluteErrors(),
                    own.squaredErrors(),
                    (outcome - centre) * (outcome - centre),
                    own.below(),
                    own.pinball(),
                    own.poisson(),
                    own.gamma()
                  };
                },
            DataTypes.createArrayType(DataTypes.DoubleType))
        .asNondeterministic(); // so that it is called once for a row, not for each sum
  }

  /**
   * Returns each row as a group of its own.
   *
   * @param joined rows of {@link JoinedScores} with {@link #SAID}
   */
  Dataset<Row> single(Dataset<Row> joined) {
    Column weight = col(LabelRows.WEIGHT);
    List<Column> columns = new ArrayList<>(KEYS.stream().map(functions::col).toList());
    columns.add(lit(1L).as(ROWS));
    columns.add(weight);
    columns.add(weight.multiply(weight).as(SQUARES));
    columns.add(lit(0.0).as(SCORES)); // needed only where scores are taken for equal
    if (isOfValues()) {
      columns.add(weight.multiply(col(OUTCOMES)).as(OUTCOMES));
      columns.add(col(OUTCOMES).as(LEAST));
      columns.add(col(OUTCOMES).as(LARGEST));
      for (int term = 0; term < TERM_COUNT; term++) {
        columns.add(weight.multiply(element_at(col(TERMS), lit(term + 1))).as(TERMS + term));
      }
    }

    return parts(joined).select(columns.toArray(Column[]::new));
  }

  /** Returns groups that are alike as one. */
  Dataset<Row> grouped(Dataset<Row> groups) {
    List<Column> sums = new ArrayList<>();
    for (String name : List.of(LabelRows.WEIGHT, SQUARES, SCORES)) {
      sums.add(sum(col(name)).as(name));
    }

    if (isOfValues()) {
      sums.add(sum(col(OUTCOMES)).as(OUTCOMES));
      sums.add(min(col(LEAST)).as(LEAST));
      sums.add(max(col(LARGEST)).as(LARGEST));
      for (int term = 0; term < TERM_COUNT; term++) {
        sums.add(sum(col(TERMS + term)).as(TERMS + term));
      }
    }

    return groups
        .groupBy(KEYS.stream().map(functions::col).toArray(Column[]::new))
        .agg(sum(col(ROWS)).as(ROWS), sums.toArray(Column[]::new));
  }

  /** Returns groups whose scores have the same upper bits as one. */
  Dataset<Row> coarser(Dataset<Row> grouped, int bits) {
    return grouped(
        grouped
            .withColumn(SCORES, col(LabelRows.WEIGHT).multiply(col(VALUE)))
            .withColumn(VALUE, ScoreBins.least(VALUE, bits))
            .withColumn(BIN, ScoreBins.wider(col(BIN), Math.min(bits, ScoreBins.BITS))));
  }

  /** Returns groups in the order of their scores; empty if there are too many. */
  Optional<List<ColumnBlock>> blocks(Dataset<Row> grouped, long most) {
    List<String> wholes = form.kind() == OutcomeKind.CLASSES ? WHOLES_OF_CLASSES : WHOLES;
    List<String> columns = new ArrayList<>(wholes);
    columns.addAll(NUMBERS);
    if (isOfValues()) {
      columns.addAll(NUMBERS_OF_VALUES);
      for (int term = 0; term < TERM_COUNT; term++) {
        columns.add(TERMS + term);
      }
    }

    Column[] chosen = columns.stream().map(functions::col).toArray(Column[]::new);
    return ColumnBlock.of(grouped.select(chosen), wholes.size(), CountedRows.SCORE, most);
  }
}
