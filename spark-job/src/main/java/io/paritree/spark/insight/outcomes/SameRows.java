package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_min;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.paritree.outcome.Measured;
import io.paritree.outcome.OutcomeDifference;
import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeMeasuring;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.OutcomeTotals;
import io.paritree.outcome.Resamples;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.task.JavaSerialized;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * Measures two models on the mature rows that both have scored, and that have a label, or count as
 * negative without one.
 *
 * <p>Each task has the resamples of its rows; the driver adds them up in the order of the scores.
 * What is resampled are keys, all rows of a key together, or the lists of a ranking.
 */
record SameRows(OutcomeQuery query, OutcomeText outcomes, ChallengerScores challenger) {
  private static final String UNIT = "unit";

  /** The rows are one group. */
  private static final long NUMBER = 0;

  /**
   * Compares.
   *
   * @param joined rows of {@link JoinedScores}
   * @param measured the mature rows with a label, whether the challenger has them or not
   * @return empty if there is no such row
   */
  Optional<ModelComparison> compared(Dataset<Row> joined, LabelTable labels, long measured)
      throws RefusedException {
    Dataset<Row> same =
        challenger
            .joinedTo(joined.filter(col(JoinedScores.MEASURED).and(col(JoinedScores.MATURE))))
            .withColumn(UNIT, unit())
            .withColumn(RowGroup.NUMBER, lit(NUMBER))
            .persist();
    try {
      return difference(same, labels, measured);
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

  private Optional<ModelComparison> difference(Dataset<Row> same, LabelTable labels, long measured)
      throws RefusedException {
    if (same.isEmpty()) {
      return Optional.empty();
    }

    check(same);
    Dataset<Row> own =
        model(same, PublishedScores.SCORE, PublishedScores.LABEL, PublishedScores.CLASS_SCORES);
    Dataset<Row> other =
        model(same, ChallengerScores.SCORE, ChallengerScores.LABEL, ChallengerScores.CLASS_SCORES);
    TreeSet<String> versions = new TreeSet<>();
    same.select(coalesce(col(ChallengerScores.VERSION), lit("")))
        .distinct()
        .collectAsList()
        .forEach(row -> versions.add(row.getString(0)));
    Measured ofOwn = measured(own, labels);
    return Optional.of(
        new ModelComparison(
            challenger.source(),
            challenger.packages().of(versions),
            ofOwn.rows(),
            measured - ofOwn.rows(),
            OutcomeDifference.of(
                ofOwn, resamples(own), measured(other, labels), resamples(other))));
  }

  private void check(Dataset<Row> same) throws RefusedException {
    boolean isOfClasses = outcomes.classes().haveScores();
    Column score = col(ChallengerScores.SCORE);
    Column all = col(ChallengerScores.CLASS_SCORES);
    Row ends =
        same.agg(
                min(isOfClasses ? coalesce(array_min(all), score) : score),
                max(isOfClasses ? coalesce(array_max(all), score) : score))
            .first();
    for (double end : new double[] {ends.getDouble(0), ends.getDouble(1)}) {
      boolean isRight = outcomes.areProbabilities() ? end >= 0 && end <= 1 : Double.isFinite(end);
      if (!isRight) {
        throw new RefusedException(
            "Cannot compare the published scores with %s: it has the score %s; %s were expected, as the published scores are"
                .formatted(
                    challenger.source(),
                    end,
                    outcomes.areProbabilities() ? "probabilities, 0 to 1," : "finite numbers"));
      }
    }
  }

  /** Returns rows of {@link JoinedScores} with the scores of one of the models. */
  private Dataset<Row> model(Dataset<Row> same, String score, String label, String classScores) {
    return same.select(
        col(RowGroup.NUMBER),
        col(PublishedScores.LIST),
        col(JoinedScores.LEAK),
        col(JoinedScores.MEASURED),
        col(LabelRows.OUTCOME),
        col(LabelRows.WEIGHT),
        col(UNIT),
        col(score).as(PublishedScores.SCORE),
        col(classScores).as(PublishedScores.CLASS_SCORES),
        said(outcomes, query.labels().positive(), label).as(GroupColumns.SAID));
  }

  /** Returns the outcome that a label says; NaN without one. */
  private static Column said(OutcomeText outcomes, String positive, String label) {
    return udf(
            (UDF1<String, Double>) text -> outcomes.ofStored(text, positive), DataTypes.DoubleType)
        .apply(col(label));
  }

  private Measured measured(Dataset<Row> model, LabelTable labels) throws RefusedException {
    OutcomeForm form = outcomes.form(query);
    if (form.kind() == OutcomeKind.RANKING) {
      int[] all = {0};
      return RankedLists.of(model, Map.of(NUMBER, all)).get(0).measured();
    }

    GroupedScores grouped =
        GroupedScores.of(query, form, model, labels.used(), labels.centre(), any -> Double.NaN);
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    grouped.forEach(
        own -> {
          if (own.counts(form.kind())) {
            totals.add(own.row());
          }
        });
    OutcomeMeasuring measuring = form.measuring(totals.totals());
    grouped.forEach(own -> measuring.add(own.row()));
    return measuring.measured();
  }

  private Resamples resamples(Dataset<Row> model) {
    OutcomeKind kind = outcomes.kind();
    double quantile = query.scores().quantile().orElse(Double.NaN);
    Resamples all = new Resamples(kind, quantile).end();
    inOrder(kind, model)
        .javaRDD()
        .mapPartitions(rows -> resampled(kind, quantile, rows))
        .collect()
        .forEach(part -> all.add(part.value()));
    return all;
  }

  private static Iterator<JavaSerialized<Resamples>> resampled(
      OutcomeKind kind, double quantile, Iterator<Row> rows) {
    Resamples resamples = new Resamples(kind, quantile);
    while (rows.hasNext()) {
      Row row = rows.next();
      OutcomeRow own =
          new OutcomeRow(
              row.getDouble(0),
              row.getDouble(1),
              row.getDouble(2),
              row.getDouble(3),
              1,
              row.getLong(4));
      resamples.add(own, row.getLong(5));
    }

    return List.of(new JavaSerialized<>(resamples.end())).iterator();
  }

  /** Returns score, outcome, label, weight, part and unit, as {@link Resamples} needs them. */
  private static Dataset<Row> inOrder(OutcomeKind kind, Dataset<Row> model) {
    Column score = col(PublishedScores.SCORE);
    Column outcome = coalesce(col(LabelRows.OUTCOME), lit(0.0));
    Column part = lit(0L);
    Dataset<Row> rows = model;
    switch (kind) {
      case BINARY -> rows = model.repartitionByRange(score).sortWithinPartitions(score);
      case VALUES -> {}
      case CLASSES -> { // the score of the class that came is enough
        Column scores = col(PublishedScores.CLASS_SCORES);
        score = coalesce(element_at(scores, outcome.plus(1).cast("int")), score);
        part = when(scores.isNotNull(), outcome.cast("long")).otherwise(OutcomeRow.NO_CLASS);
      }
      case RANKING -> {
        part = col(PublishedScores.LIST);
        rows = model.repartition(part).sortWithinPartitions(part, score);
      }
    }

    return rows.select(
        score,
        outcome,
        col(GroupColumns.SAID),
        coalesce(col(LabelRows.WEIGHT), lit(1.0)),
        part,
        col(UNIT));
  }
}
