package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.xxhash64;

import io.paritree.outcome.OutcomeDifference;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.OutcomeTotals;
import io.paritree.outcome.ResampledOutcome;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/**
 * Measures two models on the mature rows that both have scored, and that have a label, or count as
 * negative without one.
 *
 * <p>The driver reads them in the order of the scores of each model, so that it needs memory for
 * the resamples, and for the rows of one task at a time. What is resampled are keys, all rows of a
 * key together, or the lists of a ranking.
 */
final class SameRows {
  private static final String UNIT = "unit";
  private static final String SAID = "said";

  private final SparkSession session;
  private final OutcomeQuery query;
  private final OutcomeText outcomes;
  private final StoredLabels stored;
  private final MaturePartitions maturity;
  private final int levels;
  private final Map<RowGroup, Boolean> mature = new HashMap<>();
  private final Map<String, Double> labels = new HashMap<>(); // what stored ones mean
  private final TreeSet<String> versions = new TreeSet<>(); // of the challenger

  /** A row of one model. */
  private record Scored(OutcomeRow row, long unit) {}

  /**
   * @param stored what labels mean that were stored with published scores
   */
  SameRows(
      SparkSession session,
      OutcomeQuery query,
      OutcomeText outcomes,
      StoredLabels stored,
      MaturePartitions maturity,
      int levels) {
    this.session = session;
    this.query = query;
    this.outcomes = outcomes;
    this.stored = stored;
    this.maturity = maturity;
    this.levels = levels;
  }

  /**
   * Compares.
   *
   * @param measured the mature rows with a label, whether the challenger has them or not
   * @return empty if there is no such row
   */
  Optional<ModelComparison> compared(
      PublishedScores published, LabelTable given, ChallengerScores challenger, long measured)
      throws RefusedException {
    boolean isOfAll = query.unmatched() == Unmatched.NEGATIVE;
    Dataset<Row> same =
        challenger
            .joinedTo(
                JoinedScores.joined(query, published, given, maturity, isOfAll ? "left" : "inner")
                    .filter(not(col(JoinedScores.LEAK))))
            .withColumn(UNIT, unit());
    same.persist();
    try {
      return compared(same, challenger, measured);
    } finally {
      same.unpersist();
    }
  }

  /** Returns a hash of the key as text, so that it is the same for any width of whole numbers. */
  private Column unit() {
    Column[] keys =
        Stream.of(PublishedScores.keys(query.keys().size()))
            .map(key -> PublishedScores.text(col(key)))
            .toArray(Column[]::new);
    return outcomes.kind() == OutcomeKind.RANKING ? col(PublishedScores.LIST) : xxhash64(keys);
  }

  private Optional<ModelComparison> compared(
      Dataset<Row> same, ChallengerScores challenger, long measured) throws RefusedException {
    Dataset<Row> own =
        sorted(same, PublishedScores.SCORE, PublishedScores.LABEL, PublishedScores.CLASS_SCORES);
    OutcomeTotals.Sum sum = new OutcomeTotals.Sum();
    forEach(own, scored -> addUp(scored.row, sum));
    OutcomeTotals totals = sum.totals();
    if (totals.rows() == 0) {
      return Optional.empty();
    }

    ResampledOutcome one = measured(own, totals);
    ResampledOutcome other =
        measured(
            sorted(
                same,
                ChallengerScores.SCORE,
                ChallengerScores.LABEL,
                ChallengerScores.CLASS_SCORES),
            totals);
    return Optional.of(
        new ModelComparison(
            challenger.source(),
            challenger.packages().of(versions),
            totals.rows(),
            measured - totals.rows(),
            OutcomeDifference.of(one, other)));
  }

  private void addUp(OutcomeRow row, OutcomeTotals.Sum sum) {
    if (outcomes.kind() != OutcomeKind.CLASSES || row.isOfItsOutcome()) {
      sum.add(row);
    }
  }

  private ResampledOutcome measured(Dataset<Row> sorted, OutcomeTotals totals)
      throws RefusedException {
    ResampledOutcome outcome = new ResampledOutcome(outcomes.form(query), totals);
    forEach(sorted, scored -> outcome.add(scored.row, scored.unit));
    return outcome;
  }

  /** Returns rows as {@link #read} reads them, in the order of a model's scores. */
  private Dataset<Row> sorted(Dataset<Row> same, String score, String label, String classScores) {
    Dataset<Row> parts =
        MeasuredParts.of(outcomes.kind(), same, lit(true), col(score), classScores);
    List<Column> own =
        List.of(
            col(MeasuredParts.VALUE),
            col(MeasuredParts.PART),
            coalesce(col(LabelRows.OUTCOME), lit(0.0)).as(LabelRows.OUTCOME),
            coalesce(col(LabelRows.WEIGHT), lit(1.0)).as(LabelRows.WEIGHT),
            col(label).as(SAID),
            col(UNIT),
            col(ChallengerScores.VERSION).cast(DataTypes.StringType));
    List<Column> read = new ArrayList<>();
    for (String name : RowGroup.names(levels, query.by().size())) {
      read.add(col(name));
    }

    read.addAll(own);
    List<Column> order = new ArrayList<>(MeasuredParts.order(outcomes.kind()));
    for (String name : List.of(LabelRows.OUTCOME, LabelRows.WEIGHT, SAID, UNIT)) {
      order.add(col(name));
    }

    return parts.select(read.toArray(Column[]::new)).orderBy(order.toArray(Column[]::new));
  }

  private void forEach(Dataset<Row> sorted, Consumer<Scored> each) throws RefusedException {
    Iterator<Row> rows = sorted.toLocalIterator();
    int segments = query.by().size();
    while (rows.hasNext()) {
      Row row = rows.next();
      if (mature.computeIfAbsent(RowGroup.of(row, levels, segments), maturity::isMature)) {
        each.accept(read(row, RowGroup.width(levels, segments)));
      }
    }
  }

  private Scored read(Row row, int at) throws RefusedException {
    double score = row.getDouble(at);
    boolean isRight =
        outcomes.areProbabilities() ? score >= 0 && score <= 1 : Double.isFinite(score);
    if (!isRight) {
      throw new RefusedException(
          "Cannot compare the published scores with %s: it has the score %s; %s were expected, as the published scores are"
              .formatted(
                  query.ofChallenger().published().name(),
                  SecretValues.shown(session, String.valueOf(score)),
                  outcomes.areProbabilities() ? "probabilities, 0 to 1," : "finite numbers"));
    }

    String version = row.getString(at + 6);
    versions.add(version == null ? "" : version);

    double label =
        labels.computeIfAbsent(
            String.valueOf(row.getString(at + 4)),
            any -> outcomes.ofStored(row.getString(at + 4), stored, query.labels().positive()));
    OutcomeRow own =
        new OutcomeRow(
            score, row.getDouble(at + 2), label, row.getDouble(at + 3), 1, row.getLong(at + 1));
    return new Scored(own, row.getLong(at + 5));
  }
}
