package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;

import io.paritree.outcome.BinaryOutcome;
import io.paritree.outcome.Measured;
import io.paritree.outcome.OutcomeMeasuring;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.OutcomeTotals;
import io.paritree.outcome.ValueOutcome;
import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Joins labels to scores, and measures each slice.
 *
 * <p>Rows that have all in common are counted by Spark, sorted by score, and read by the driver in
 * that order, twice: for what each slice adds up to, and for its measures. So the driver needs
 * memory for the slices, not for the rows, and the results do not depend on tasks.
 */
final class Matching {
  private static final String ROWS = "rows";
  private static final String LEAK = "leak";
  private static final int TENTHS = 10;

  private final OutcomeQuery query;
  private final PublishedScores scores;
  private final ScoreCounts counts;
  private final OutcomeText outcomes;
  private final MaturePartitions maturity;
  private final Map<Slice, Sums> slices = new TreeMap<>();
  private final Map<RowGroup, Known> known = new HashMap<>();
  private final Map<String, Double> labels = new HashMap<>(); // what stored ones mean
  private final Map<Integer, Long> positivesByBin = new TreeMap<>(); // of all rows, mature or not

  /** A slice while its rows are read. */
  private static final class Sums {
    private final Map<Integer, Long> scored = new TreeMap<>();
    private final Map<Integer, Long> matched = new TreeMap<>();
    private final OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    private OutcomeMeasuring measuring;
    private boolean isMature = true;
    private long leaks;
  }

  /** What is known of a group, so that it is not found out for each row. */
  private record Known(boolean isMature, List<Sums> slices) {}

  /** A row of the join, read once. */
  private record Joined(
      Known group,
      double score,
      double outcome,
      double label,
      double weight,
      boolean isLeak,
      long rows) {
    boolean hasOutcome() {
      return !Double.isNaN(outcome);
    }

    OutcomeRow row() {
      return new OutcomeRow(score, hasOutcome() ? outcome : 0, label, weight, rows);
    }

    /** Returns whether it is measured: without an outcome only if it is old enough. */
    boolean counts() {
      return !isLeak && (hasOutcome() || group.isMature);
    }
  }

  Matching(
      OutcomeQuery query,
      PublishedScores scores,
      ScoreCounts counts,
      OutcomeText outcomes,
      MaturePartitions maturity) {
    this.query = query;
    this.scores = scores;
    this.counts = counts;
    this.outcomes = outcomes;
    this.maturity = maturity;
  }

  /** Returns the slices in order: the total, versions, segments, partitions. */
  List<SliceOutcome> slices(LabelTable given) {
    counts.groups().forEach(this::begin);
    slices.computeIfAbsent(Slice.TOTAL, any -> new Sums());
    Dataset<Row> joined = joined(given);
    joined.persist();
    try {
      forEach(joined, this::addUp);
      slices.values().forEach(sums -> sums.measuring = measuring(sums.totals.totals()));
      forEach(joined, this::measure);
    } finally {
      joined.unpersist();
    }

    List<SliceOutcome> all = new ArrayList<>();
    slices.forEach((slice, sums) -> all.add(outcome(slice, sums)));
    return all;
  }

  private OutcomeMeasuring measuring(OutcomeTotals totals) {
    return outcomes.isBinary() ? new BinaryOutcome(totals) : new ValueOutcome(totals);
  }

  private void begin(RowGroup group, Map<Integer, Long> bins) {
    boolean isMature = maturity.isMature(group);
    List<Sums> own = new ArrayList<>();
    for (Slice slice : Slice.of(group, scores.levels(), query.by(), isMature)) {
      Sums sums = slices.computeIfAbsent(slice, any -> new Sums());
      sums.isMature &= isMature;
      bins.forEach((bin, rows) -> sums.scored.merge(bin, rows, Long::sum));
      own.add(sums);
    }

    known.put(group, new Known(isMature, own));
  }

  private Dataset<Row> joined(LabelTable given) {
    String[] keys = PublishedScores.keys(query.keys().size());
    String how = query.unmatched() == Unmatched.NEGATIVE ? "left" : "inner";
    Column isLeak = coalesce(col(LabelTable.TIME).lt(day()), lit(false));
    List<Column> group = RowGroup.columns(scores.levels().size(), query.by().size());
    List<Column> same = new ArrayList<>(group);
    same.addAll(
        Stream.of(
                PublishedScores.SCORE,
                PublishedScores.LABEL,
                LabelTable.OUTCOME,
                LabelTable.WEIGHT,
                LEAK)
            .map(name -> col(name))
            .toList());
    List<Column> order =
        new ArrayList<>(
            List.of(
                col(PublishedScores.SCORE),
                col(LabelTable.OUTCOME),
                col(LabelTable.WEIGHT),
                col(PublishedScores.LABEL),
                col(LEAK)));
    order.addAll(group);
    return scores
        .rows()
        .filter(col(PublishedScores.SCORE).isNotNull())
        .join(given.rows(), keys, how)
        .withColumn(LEAK, isLeak)
        .groupBy(same.toArray(Column[]::new))
        .agg(count(lit(1)).as(ROWS))
        .orderBy(order.toArray(Column[]::new));
  }

  /** Returns the day on which a row was scored, as text; null if it is not known. */
  private Column day() {
    if (maturity.dayLevel() < 0) {
      return col(PublishedScores.SCORED);
    }

    Column value = col(PublishedScores.level(maturity.dayLevel()));
    return regexp_replace(value, "^(\\d{4})(\\d\\d)(\\d\\d)$", "$1-$2-$3");
  }

  private void forEach(Dataset<Row> joined, Consumer<Joined> each) {
    Iterator<Row> rows = joined.toLocalIterator();
    while (rows.hasNext()) {
      each.accept(read(rows.next()));
    }
  }

  private Joined read(Row row) {
    int levels = scores.levels().size();
    int segments = query.by().size();
    int at = levels + segments + 2;
    String label = row.getString(at + 1);
    return new Joined(
        known.get(RowGroup.of(row, levels, segments)),
        row.getDouble(at),
        row.isNullAt(at + 2) ? Double.NaN : row.getDouble(at + 2),
        labels.computeIfAbsent(
            String.valueOf(label), any -> outcomes.ofStored(label, query.labels().positive())),
        row.isNullAt(at + 3) ? 1 : row.getDouble(at + 3),
        row.getBoolean(at + 4),
        row.getLong(at + 5));
  }

  private void addUp(Joined row) {
    int bin = ScoreCounts.bin(row.score);
    if (!row.isLeak && row.outcome > 0) {
      positivesByBin.merge(bin, row.rows, Long::sum);
    }

    for (Sums sums : row.group.slices) {
      if (row.isLeak) {
        sums.leaks += row.rows;
      } else if (row.counts()) {
        sums.totals.add(row.row());
        if (row.hasOutcome()) {
          sums.matched.merge(bin, row.rows, Long::sum);
        }
      }
    }
  }

  private void measure(Joined row) {
    if (row.counts()) {
      OutcomeRow own = row.row();
      for (Sums sums : row.group.slices) {
        sums.measuring.add(own);
      }
    }
  }

  private static SliceOutcome outcome(Slice slice, Sums sums) {
    long matched = sum(sums.matched);
    boolean isMeasured = sums.totals.totals().rows() > 0;
    return new SliceOutcome(
        slice,
        sums.isMature,
        sum(sums.scored),
        matched,
        sums.leaks,
        coverage(sums.scored, sums.matched),
        isMeasured ? Optional.of(sums.measuring.measured()) : Optional.empty());
  }

  private static long sum(Map<Integer, Long> bins) {
    return bins.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the share of rows with a label, of groups of about a tenth of the rows. */
  private static List<Double> coverage(Map<Integer, Long> scored, Map<Integer, Long> matched) {
    double[] all = new double[TENTHS];
    double[] with = new double[TENTHS];
    double total = sum(scored);
    double below = 0;
    for (Map.Entry<Integer, Long> bin : scored.entrySet()) {
      long rows = bin.getValue();
      int tenth = (int) Math.min(TENTHS - 1, TENTHS * (below + rows / 2.0) / total);
      all[tenth] += rows;
      with[tenth] += matched.getOrDefault(bin.getKey(), 0L);
      below += rows;
    }

    List<Double> coverage = new ArrayList<>();
    for (int tenth = 0; tenth < TENTHS; tenth++) {
      if (all[tenth] > 0) {
        coverage.add(with[tenth] / all[tenth]);
      }
    }

    return coverage;
  }

  /**
   * Returns the measures that a join gives which takes each missing label for the negative outcome
   * and all partitions for mature, by the middle of the scores' bins; empty for values.
   */
  Optional<Measured> naive() {
    if (!outcomes.isBinary()) {
      return Optional.empty();
    }

    Map<Integer, Long> all = new TreeMap<>();
    counts
        .groups()
        .values()
        .forEach(bins -> bins.forEach((bin, rows) -> all.merge(bin, rows, Long::sum)));
    List<OutcomeRow> rows = new ArrayList<>();
    all.forEach(
        (bin, count) -> {
          double middle = Math.min(1, ScoreCounts.middle(bin));
          long positives = Math.min(count, positivesByBin.getOrDefault(bin, 0L));
          rows.add(new OutcomeRow(middle, 1, Double.NaN, 1, positives));
          rows.add(new OutcomeRow(middle, 0, Double.NaN, 1, count - positives));
        });
    rows.removeIf(row -> row.rows() == 0);
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    rows.forEach(totals::add);
    BinaryOutcome naive = new BinaryOutcome(totals.totals());
    rows.forEach(naive::add);
    return rows.isEmpty() ? Optional.empty() : Optional.of(naive.measured());
  }
}
