package io.paritree.spark.insight.outcomes;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.outcome.Measure;
import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeMeasuring;
import io.paritree.outcome.OutcomeRow;
import io.paritree.outcome.OutcomeTotals;
import io.paritree.outcome.ScoreOrder;
import io.paritree.spark.run.TestSpark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where there are too many groups, scores are equal whose upper bits are alike. */
class GroupedScoresTest {
  private static final int ROWS = 4_000;

  /** By 20 bits of these scores there are more groups, by 16 there are fewer. */
  private static final int MOST = 400;

  private static Dataset<Row> joined() {
    return TestSpark.session()
        .range(ROWS)
        .selectExpr(
            "0L `group`",
            "cast(0.25 + pmod(xxhash64(id), 1000003) / 2000006.0 as float) cast_score",
            "pmod(xxhash64(id, 7), 1000) / 1000.0D chance",
            "1.0D + pmod(id, 3) weight",
            "false leak",
            "true measured",
            "cast(null as array<double>) class_scores",
            "cast(null as double) said")
        .selectExpr(
            "*", "cast(cast_score as double) score", "cast(chance < cast_score as double) outcome");
  }

  private static Map<String, Double> measures(
      OutcomeKind kind, long rows, int most, ScoreOrder order) throws Exception {
    OutcomeForm form = OutcomeForm.of(kind);
    Dataset<Row> joined =
        kind == OutcomeKind.BINARY
            ? joined()
            : joined().withColumn("outcome", expr("3 * score + 1000000.0D + chance"));
    GroupedScores grouped =
        GroupedScores.of(TestQuery.ofOutput("/out"), form, joined, rows, 1e6, any -> 1, most);
    assertThat(grouped.blocks().stream().mapToInt(ColumnBlock::size).sum())
        .isLessThanOrEqualTo(most);
    assertThat(grouped.isExact()).isEqualTo(most > ROWS);
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    List<OutcomeRow> groups = new ArrayList<>();
    grouped.forEach(own -> groups.add(own.row()));
    groups.forEach(totals::add);
    OutcomeMeasuring measuring = form.measuring(totals.totals());
    for (OutcomeRow row : groups) {
      measuring.add(row);
      order.add(row.score(), row.outcome() > 0, row.weight() * row.rows());
    }

    assertThat(totals.totals().rows()).isEqualTo(ROWS);
    Map<String, Double> measures = new HashMap<>();
    for (Measure own : measuring.measured().measures()) {
      measures.put(own.name(), own.value());
    }

    return measures;
  }

  @ParameterizedTest
  @EnumSource(
      value = OutcomeKind.class,
      names = {"BINARY", "VALUES"})
  void theMeasuresAreNearAndTheBoundOfTheAreaHolds(OutcomeKind kind) throws Exception {
    ScoreOrder order = new ScoreOrder();
    Map<String, Double> exact = measures(kind, ROWS, 2 * ROWS, new ScoreOrder());
    Map<String, Double> near = measures(kind, ROWS, MOST, order);

    if (kind == OutcomeKind.BINARY) {
      assertThat(near.get("auc"))
          .isNotEqualTo(exact.get("auc"))
          .isCloseTo(exact.get("auc"), within(order.bound()));
      assertThat(order.bound()).isLessThan(0.01);
      for (String name : List.of("brier", "log_loss", "mean_score", "rate")) {
        assertThat(near.get(name)).as(name).isCloseTo(exact.get(name), within(1e-4));
      }
    } else {
      for (String name : List.of("mae", "rmse", "r2", "mean_error", "mean_score")) {
        assertThat(near.get(name))
            .as(name)
            .isCloseTo(exact.get(name), within(1e-9 * Math.max(1, Math.abs(exact.get(name)))));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = OutcomeKind.class,
      names = {"BINARY", "VALUES"})
  void theMeasuresOfRowsAreThoseOfTheGroupsThatSparkMakesOfThem(OutcomeKind kind) throws Exception {
    Map<String, Double> ofRows = measures(kind, ROWS, 2 * ROWS, new ScoreOrder());
    Map<String, Double> ofGroups = measures(kind, Long.MAX_VALUE / 2, 2 * ROWS, new ScoreOrder());

    assertThat(ofGroups).hasSameSizeAs(ofRows);
    ofRows.forEach(
        (name, value) ->
            assertThat(ofGroups.get(name))
                .as(name)
                .matches(
                    own ->
                        Double.isNaN(value)
                            ? own.isNaN()
                            : Math.abs(own - value) <= 1e-10 * Math.max(1, Math.abs(value))));
  }
}
