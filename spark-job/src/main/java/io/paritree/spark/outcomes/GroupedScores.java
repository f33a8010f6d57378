package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
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
import io.paritree.spark.ending.RefusedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongToDoubleFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Scores with their labels, counted by Spark: rows that have all in common but their weights, and
 * of values their outcomes, are one group. Scores with a label that are not measured are counted by
 * bin.
 *
 * <p>The driver reads at most {@link #MOST} groups. Where there are more, scores are taken for
 * equal whose upper bits are alike; each group then has the mean of the scores of its bin.
 *
 * @param groups in the order of the scores that are measured; the others are last
 * @param bits so many upper bits of a score count; 64 if all do
 */
record GroupedScores(List<Group> groups, int bits) {
  static final int ALL_BITS = 64;

  /** The outcome that a label of the rows says; null if {@link RowGroup} says it. */
  static final String SAID = "said";

  private static final int MOST = 2_000_000;
  private static final int[] FEWER_BITS = {24, 20, ScoreBins.BITS, 12};

  /** What a score is of, as in {@link OutcomeRow}. */
  private static final String PART = "part";

  /** The score that is measured. */
  private static final String VALUE = "value";

  private static final String HAS_OUTCOME = "has_outcome";
  private static final String BIN = "bin";
  private static final String ROWS = "rows";
  private static final String SQUARES = "squares";
  private static final String SCORES = "scores";
  private static final String TERMS = "terms";
  private static final String OUTCOMES = "outcomes";
  private static final String LEAST = "least";
  private static final String LARGEST = "largest";
  private static final List<String> KEYS =
      List.of(
          RowGroup.NUMBER,
          SAID,
          HAS_OUTCOME,
          JoinedScores.LEAK,
          JoinedScores.MEASURED,
          BIN,
          PART,
          VALUE,
          LabelRows.OUTCOME);

  private static final int SUMS_AT = KEYS.size();

  /** What values add up to, as {@link ValueSums} has it. */
  private static final int TERM_COUNT = 8;

  /**
   * Rows that are alike. Of a ranking, none are measured here.
   *
   * @param number of their {@link RowGroup}
   * @param hasOutcome whether they have a label
   * @param isLeak whether that is from before they were scored
   * @param isMeasured whether {@link #row} has a score
   * @param bin of their scores, of several classes of the largest ones ({@link ScoreBins})
   */
  record Group(
      long number,
      boolean hasOutcome,
      boolean isLeak,
      boolean isMeasured,
      int bin,
      OutcomeRow row) {
    /** Returns whether this group counts its rows: of classes, they are in several groups. */
    boolean counts(OutcomeKind kind) {
      return kind != OutcomeKind.CLASSES || row.isOfItsOutcome();
    }

    /**
     * Returns the same with another score.
     *
     * @param mean the sum of the scores by weight, and the weight; null to change nothing
     */
    private Group with(double[] mean) {
      if (mean == null) {
        return this;
      }

      OutcomeRow other =
          new OutcomeRow(
              mean[0] / mean[1],
              row.outcome(),
              row.label(),
              row.weight(),
              row.rows(),
              row.part(),
              row.squares(),
              row.values());
      return new Group(number, hasOutcome, isLeak, isMeasured, bin, other);
    }
  }

  /** Scores that are taken for equal, of one class. */
  private record Bin(double least, long part) {
    static Bin of(Group group) {
      return new Bin(group.row.score(), group.row.part());
    }
  }

  /** Returns whether all bits of scores count. */
  boolean isExact() {
    return bits == ALL_BITS;
  }

  /**
   * Counts scores.
   *
   * @param joined rows of {@link JoinedScores} with {@link #SAID}
   * @param centre about the mean of all outcomes
   * @param label the outcome that the label of a {@link RowGroup} says, by the group's number
   * @throws RefusedException if there are too many groups, however few bits of scores count
   */
  static GroupedScores of(
      OutcomeQuery query,
      OutcomeForm form,
      Dataset<Row> joined,
      double centre,
      LongToDoubleFunction label)
      throws RefusedException {
    return of(query, form, joined, centre, label, MOST);
  }

  /** Counts scores, in at most so many groups. */
  static GroupedScores of(
      OutcomeQuery query,
      OutcomeForm form,
      Dataset<Row> joined,
      double centre,
      LongToDoubleFunction label,
      int most)
      throws RefusedException {
    boolean isOfValues = form.kind() == OutcomeKind.VALUES;
    Dataset<Row> grouped = grouped(parts(form, joined, centre), first(isOfValues)).persist();
    try {
      int bits = ALL_BITS;
      for (int at = 0; grouped.count() > most; at++) {
        if (at == FEWER_BITS.length) {
          throw ScoreCounts.tooMany(query, most);
        }

        bits = FEWER_BITS[at];
        Dataset<Row> fewer = grouped(coarser(grouped, bits), again(isOfValues));
        fewer.persist().count();
        grouped.unpersist();
        grouped = fewer;
      }

      return new GroupedScores(read(grouped, form.kind(), bits, centre, label), bits);
    } finally {
      grouped.unpersist();
    }
  }

  /** Returns the scores that are measured, and the others as they are counted. */
  private static Dataset<Row> parts(OutcomeForm form, Dataset<Row> joined, double centre) {
    boolean isOfLists = form.kind() == OutcomeKind.RANKING; // whose rows are measured elsewhere
    Column isMeasured = col(JoinedScores.MEASURED);
    Column score = col(PublishedScores.SCORE);
    Column outcome = coalesce(col(LabelRows.OUTCOME), lit(0.0));
    Dataset<Row> parts =
        form.kind() == OutcomeKind.CLASSES
            ? ofClasses(joined, isMeasured, score)
            : joined.withColumn(PART, lit(0L)).withColumn(VALUE, score);
    boolean isOfValues = form.kind() == OutcomeKind.VALUES;
    List<Column> columns = new ArrayList<>();
    columns.add(col(RowGroup.NUMBER));
    columns.add(col(SAID));
    columns.add(col(LabelRows.OUTCOME).isNotNull().as(HAS_OUTCOME));
    columns.add(col(JoinedScores.LEAK));
    columns.add(isMeasured);
    boolean isOfClasses = form.kind() == OutcomeKind.CLASSES;
    columns.add((isOfClasses ? ScoreBins.bin(PublishedScores.SCORE) : lit(0)).as(BIN));
    columns.add(col(PART));
    Column bin = ScoreBins.least(PublishedScores.SCORE, ScoreBins.BITS);
    columns.add((isOfLists ? bin : when(isMeasured, col(VALUE)).otherwise(bin)).as(VALUE));
    columns.add((isOfValues || isOfLists ? lit(0.0) : outcome).as(LabelRows.OUTCOME));
    columns.add(coalesce(col(LabelRows.WEIGHT), lit(1.0)).as(LabelRows.WEIGHT));
    if (isOfValues) {
      columns.add(outcome.as(OUTCOMES));
      columns.add(terms(form.quantile(), centre).apply(score, outcome).as(TERMS));
    }

    return parts.select(columns.toArray(Column[]::new));
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

  private static Dataset<Row> grouped(Dataset<Row> rows, List<Column> sums) {
    Column[] keys = KEYS.stream().map(functions::col).toArray(Column[]::new);
    return rows.groupBy(keys).agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new));
  }

  private static List<Column> first(boolean isOfValues) {
    Column weight = col(LabelRows.WEIGHT);
    List<Column> sums = new ArrayList<>();
    sums.add(count(lit(1)).as(ROWS));
    sums.add(sum(weight).as(LabelRows.WEIGHT));
    sums.add(sum(weight.multiply(weight)).as(SQUARES));
    sums.add(sum(weight.multiply(col(VALUE))).as(SCORES));
    if (isOfValues) {
      sums.add(sum(weight.multiply(col(OUTCOMES))).as(OUTCOMES));
      sums.add(min(col(OUTCOMES)).as(LEAST));
      sums.add(max(col(OUTCOMES)).as(LARGEST));
      for (int term = 0; term < TERM_COUNT; term++) {
        sums.add(sum(weight.multiply(element_at(col(TERMS), lit(term + 1)))).as(TERMS + term));
      }
    }

    return sums;
  }

  /** Returns the same sums of groups. */
  private static List<Column> again(boolean isOfValues) {
    List<Column> sums = new ArrayList<>();
    for (String name : List.of(ROWS, LabelRows.WEIGHT, SQUARES, SCORES)) {
      sums.add(sum(col(name)).as(name));
    }

    if (isOfValues) {
      sums.add(sum(col(OUTCOMES)).as(OUTCOMES));
      sums.add(min(col(LEAST)).as(LEAST));
      sums.add(max(col(LARGEST)).as(LARGEST));
      for (int term = 0; term < TERM_COUNT; term++) {
        sums.add(sum(col(TERMS + term)).as(TERMS + term));
      }
    }

    return sums;
  }

  private static Dataset<Row> coarser(Dataset<Row> grouped, int bits) {
    return grouped
        .withColumn(VALUE, ScoreBins.least(VALUE, bits))
        .withColumn(BIN, ScoreBins.wider(col(BIN), Math.min(bits, ScoreBins.BITS)));
  }

  private static List<Group> read(
      Dataset<Row> grouped, OutcomeKind kind, int bits, double centre, LongToDoubleFunction label) {
    List<Group> groups = new ArrayList<>();
    Map<Bin, double[]> means = new HashMap<>();
    Iterator<Row> rows = grouped.toLocalIterator();
    while (rows.hasNext()) {
      Row row = rows.next();
      Group group = group(row, kind, centre, label);
      groups.add(group);
      if (bits != ALL_BITS && group.isMeasured) {
        double[] mean = means.computeIfAbsent(Bin.of(group), any -> new double[2]);
        mean[0] += row.getDouble(SUMS_AT + 3);
        mean[1] += row.getDouble(SUMS_AT + 1);
      }
    }

    if (bits != ALL_BITS) {
      groups.replaceAll(group -> group.with(means.get(Bin.of(group))));
    }

    Group[] sorted = groups.toArray(Group[]::new);
    Arrays.parallelSort(sorted, Comparator.comparingDouble(group -> group.row.score()));
    return List.of(sorted);
  }

  private static Group group(Row row, OutcomeKind kind, double centre, LongToDoubleFunction label) {
    long number = row.getLong(0);
    boolean isMeasured = row.getBoolean(4) && kind != OutcomeKind.RANKING;
    double score = row.getDouble(7);
    long rows = row.getLong(SUMS_AT);
    double weight = row.getDouble(SUMS_AT + 1);
    double outcome = row.getDouble(8);
    Optional<ValueSums> values = Optional.empty();
    if (kind == OutcomeKind.VALUES && isMeasured) {
      boolean isOne = row.getDouble(SUMS_AT + 5) == row.getDouble(SUMS_AT + 6);
      outcome = isOne ? row.getDouble(SUMS_AT + 5) : row.getDouble(SUMS_AT + 4) / weight;
      double within = weight * (outcome - centre) * (outcome - centre);
      values =
          Optional.of(
              new ValueSums(
                  term(row, 0),
                  term(row, 1),
                  term(row, 2),
                  isOne ? 0 : Math.max(0, term(row, 3) - within),
                  term(row, 4),
                  term(row, 5),
                  term(row, 6),
                  term(row, 7)));
    }

    return new Group(
        number,
        row.getBoolean(2),
        row.getBoolean(3),
        isMeasured,
        kind == OutcomeKind.CLASSES ? row.getInt(5) : ScoreBins.bin(score, ScoreBins.BITS),
        new OutcomeRow(
            isMeasured ? score : Double.NaN,
            outcome,
            row.isNullAt(1) ? label.applyAsDouble(number) : row.getDouble(1),
            weight / rows,
            rows,
            row.getLong(6),
            row.getDouble(SUMS_AT + 2),
            values));
  }

  private static double term(Row row, int term) {
    return row.getDouble(SUMS_AT + 7 + term);
  }
}
