package io.paritree.spark.outcomes;

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
import io.paritree.spark.ending.RefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import java.util.function.Consumer;
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
 * <p>The driver reads at most {@link #MOST} groups. As many rows are not counted before, since most
 * have a score of their own. Where there are more groups, scores are taken for equal whose upper
 * bits are alike; each group then has the mean of the scores of its bin.
 *
 * @param blocks the groups, of each task in the order of their scores, as {@link CountedRows} are
 * @param bits so many upper bits of a score count; 64 if all do
 */
record GroupedScores(List<ColumnBlock> blocks, int bits, CountedRows.Reading reading) {
  static final int ALL_BITS = 64;

  /** The outcome that a label of the rows says; null if {@link RowGroup} says it. */
  static final String SAID = "said";

  private static final long MOST = 2_000_000;
  private static final int[] FEWER_BITS = {24, 20, ScoreBins.BITS, 12};

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

  /** Scores that are taken for equal, of one class. */
  private record Bin(double least, long part) {}

  /** The mean of scores while they are read. */
  static final class Mean {
    private double scores; // by weight
    private double weight;

    double value() {
      return scores / weight;
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
   * @param rows about so many are counted
   * @param centre about the mean of all outcomes
   * @param label the outcome that the label of a {@link RowGroup} says, by the group's number
   * @throws RefusedException if there are too many groups, however few bits of scores count
   */
  static GroupedScores of(
      OutcomeQuery query,
      OutcomeForm form,
      Dataset<Row> joined,
      long rows,
      double centre,
      LongToDoubleFunction label)
      throws RefusedException {
    return of(query, form, joined, rows, centre, label, MOST);
  }

  /** Counts scores, in at most so many groups. */
  static GroupedScores of(
      OutcomeQuery query,
      OutcomeForm form,
      Dataset<Row> joined,
      long rows,
      double centre,
      LongToDoubleFunction label,
      long most)
      throws RefusedException {
    boolean isOfValues = form.kind() == OutcomeKind.VALUES;
    CountedRows.Reading reading = new CountedRows.Reading(form.kind(), centre, label);
    Dataset<Row> single = single(parts(form, joined, centre), isOfValues);
    if (rows * Math.max(1, form.classes().size()) <= most) {
      Optional<List<ColumnBlock>> blocks = blocks(form.kind(), single, most);
      if (blocks.isPresent()) {
        return new GroupedScores(blocks.get(), ALL_BITS, reading);
      }
    }

    Dataset<Row> grouped = grouped(single, isOfValues).persist();
    try {
      int bits = ALL_BITS;
      Optional<List<ColumnBlock>> blocks = blocks(form.kind(), grouped, most);
      for (int at = 0; blocks.isEmpty(); at++) {
        if (at == FEWER_BITS.length) {
          throw ScoreCounts.tooMany(query, most);
        }

        bits = FEWER_BITS[at];
        blocks = blocks(form.kind(), coarser(grouped, bits, isOfValues), most);
      }

      return new GroupedScores(blocks.get(), bits, reading);
    } finally {
      grouped.unpersist();
    }
  }

  /** Returns groups in the order of their scores; empty if there are too many. */
  private static Optional<List<ColumnBlock>> blocks(
      OutcomeKind kind, Dataset<Row> grouped, long most) {
    List<String> wholes = kind == OutcomeKind.CLASSES ? WHOLES_OF_CLASSES : WHOLES;
    List<String> columns = new ArrayList<>(wholes);
    columns.addAll(NUMBERS);
    if (kind == OutcomeKind.VALUES) {
      columns.addAll(NUMBERS_OF_VALUES);
      for (int term = 0; term < TERM_COUNT; term++) {
        columns.add(TERMS + term);
      }
    }

    Column[] chosen = columns.stream().map(functions::col).toArray(Column[]::new);
    return ColumnBlock.of(grouped.select(chosen).sortWithinPartitions(VALUE), wholes.size(), most);
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
    columns.add(flags().as(FLAGS));
    boolean isOfClasses = form.kind() == OutcomeKind.CLASSES;
    columns.add(
        (isOfClasses ? ScoreBins.bin(PublishedScores.SCORE).cast("long") : lit(0L)).as(BIN));
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

  /** Returns each row as a group of its own. */
  private static Dataset<Row> single(Dataset<Row> parts, boolean isOfValues) {
    Column weight = col(LabelRows.WEIGHT);
    List<Column> columns = new ArrayList<>(KEYS.stream().map(functions::col).toList());
    columns.add(lit(1L).as(ROWS));
    columns.add(weight);
    columns.add(weight.multiply(weight).as(SQUARES));
    columns.add(weight.multiply(col(VALUE)).as(SCORES));
    if (isOfValues) {
      columns.add(weight.multiply(col(OUTCOMES)).as(OUTCOMES));
      columns.add(col(OUTCOMES).as(LEAST));
      columns.add(col(OUTCOMES).as(LARGEST));
      for (int term = 0; term < TERM_COUNT; term++) {
        columns.add(weight.multiply(element_at(col(TERMS), lit(term + 1))).as(TERMS + term));
      }
    }

    return parts.select(columns.toArray(Column[]::new));
  }

  private static Dataset<Row> grouped(Dataset<Row> groups, boolean isOfValues) {
    List<Column> sums = new ArrayList<>();
    for (String name : List.of(LabelRows.WEIGHT, SQUARES, SCORES)) {
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

    return groups
        .groupBy(KEYS.stream().map(functions::col).toArray(Column[]::new))
        .agg(sum(col(ROWS)).as(ROWS), sums.toArray(Column[]::new));
  }

  private static Dataset<Row> coarser(Dataset<Row> grouped, int bits, boolean isOfValues) {
    return grouped(
        grouped
            .withColumn(VALUE, ScoreBins.least(VALUE, bits))
            .withColumn(BIN, ScoreBins.wider(col(BIN), Math.min(bits, ScoreBins.BITS))),
        isOfValues);
  }

  /** Reads all groups in the order of the scores that are measured, and of the others' bins. */
  void forEach(Consumer<CountedRows> reader) {
    Map<Bin, Mean> means = isExact() ? Map.of() : means();
    PriorityQueue<Place> places = new PriorityQueue<>(Comparator.comparingDouble(Place::score));
    blocks.stream().filter(own -> own.size() > 0).map(Place::new).forEach(places::add);
    while (!places.isEmpty()) {
      Place place = places.poll();
      do {
        CountedRows rows = reading.of(place.block, place.at);
        reader.accept(rows.with(means.get(bin(place.block, place.at))));
        place.at++;
      } while (!place.isAtEnd() && (places.isEmpty() || place.score() <= places.peek().score()));

      if (!place.isAtEnd()) {
        places.add(place);
      }
    }
  }

  /** Where a block is read. */
  private static final class Place {
    private final ColumnBlock block;
    private int at;

    Place(ColumnBlock block) {
      this.block = block;
    }

    double score() {
      return block.number(CountedRows.SCORE, at);
    }

    boolean isAtEnd() {
      return at == block.size();
    }
  }

  private Bin bin(ColumnBlock block, int at) {
    boolean isOfClasses = reading.kind() == OutcomeKind.CLASSES;
    return new Bin(
        block.number(CountedRows.SCORE, at), isOfClasses ? block.whole(CountedRows.PART, at) : 0);
  }

  /** Returns the mean of the scores of each bin that are measured. */
  private Map<Bin, Mean> means() {
    Map<Bin, Mean> means = new HashMap<>();
    for (ColumnBlock block : blocks) {
      for (int at = 0; at < block.size(); at++) {
        if ((block.whole(CountedRows.FLAGS, at) & CountedRows.IS_MEASURED) != 0) {
          Mean mean = means.computeIfAbsent(bin(block, at), any -> new Mean());
          mean.scores += block.number(CountedRows.SCORES, at);
          mean.weight += block.number(CountedRows.WEIGHT, at);
        }
      }
    }

    return means;
  }
}
