package io.paritree.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.comparison.ComparedModel;
import io.paritree.comparison.Comparison;
import io.paritree.comparison.ComparisonForm;
import io.paritree.comparison.Contract;
import io.paritree.comparison.DataComparison;
import io.paritree.comparison.Difference;
import io.paritree.comparison.ForestComparison;
import io.paritree.comparison.ForestFacts;
import io.paritree.comparison.OutputComparison;
import io.paritree.comparison.RowComparison;
import io.paritree.model.manifest.Outputs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparedChallengerTest {
  /** Returns a challenger that was compared on so many rows that both models score. */
  static ComparedChallenger compared(String name, long both) {
    ForestFacts facts =
        new ForestFacts(
            "reg:squarederror",
            "gbtree",
            1,
            1,
            "all",
            1,
            2,
            1,
            List.of(0f),
            List.of(),
            List.of("zip"),
            Map.of());
    Outputs outputs = new Outputs(List.of("0"), Outputs.Kind.VALUES, List.of(), 0.5f);
    OutputComparison output =
        new OutputComparison(
            "0",
            1,
            2,
            new Difference(1, 1, 1, 1, 1, 1.5),
            Optional.empty(),
            0.25,
            0.0625,
            Optional.empty());
    RowComparison whole =
        new RowComparison(
            both, 0, 3, 0, 0, both == 0 ? List.of() : List.of(output), Optional.empty());
    DataComparison rows =
        new DataComparison(
            ComparisonForm.of(outputs, outputs, List.of(), "", 0),
            whole,
            0,
            0,
            List.of(),
            Map.of(),
            List.of());
    return ComparedChallenger.compared(
        name,
        new Comparison(
            Comparison.CHALLENGER,
            new ComparedModel("credit/3", "d1"),
            new ComparedModel("credit/4", "d2"),
            new Contract(List.of()),
            new ForestComparison(facts, facts),
            Optional.of(rows),
            Instant.EPOCH,
            Instant.EPOCH));
  }

  @Test
  void whatIsNotKnownToAllDigitsHasItsErrorBesideIt() {
    ComparedChallenger next = compared("next", 30);

    assertThat(next.measures())
        .isEqualTo(
            Map.of("ks", 0.25, "error", 0.0625, "difference.p99", 1.0, "difference.max", 1.5));
    assertThat(next.rows()).containsEntry("both", 30L).containsEntry("only_challenger", 3L);
    assertThat(SummaryTable.challenger(next))
        .isEqualTo(
            "  challenger next, credit/4: 30 rows by both, ks 0.2500, error 0.06250,"
                + " difference.p99 1.000, difference.max 1.500; comparison-next.json\n");
  }

  @Test
  void ofSeveralGroupsItSaysThatOneWasLeftOutOrHowTheLastWithRowsCompares() {
    ComparedChallenger absent = ComparedChallenger.leftOut("next", "it is gone");

    assertThat(
            ComparedChallenger.ofGroups(
                List.of(
                    List.of(compared("next", 10), compared("other", 10)),
                    List.of(absent, compared("other", 20)),
                    List.of(),
                    List.of(compared("next", 30), compared("other", 0)))))
        .containsExactly(
            ComparedChallenger.leftOut("next", "in 1 of 3 groups: it is gone"),
            compared("other", 20));
    assertThat(
            ComparedChallenger.ofGroups(
                List.of(List.of(absent), List.of(absent, compared("other", 0)))))
        .containsExactly(absent, compared("other", 0));
  }
}
