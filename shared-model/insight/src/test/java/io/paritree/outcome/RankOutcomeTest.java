package io.paritree.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RankOutcomeTest {
  private static final double SECOND = Math.log(2) / Math.log(3);

  /**
   * A line of {@code ranking.csv}, which {@code ranking.py} beside it makes with scikit-learn and
   * XGBoost.
   */
  private record Case(
      int lists, long seed, int longest, int most, int steps, List<Double> measures) {

    List<OutcomeRow> generated() {
      Drawn drawn = new Drawn(seed, 2);
      List<OutcomeRow> all = new ArrayList<>();
      int row = 0;
      for (int list = 0; list < lists; list++) {
        for (int at = 0; at < 1 + 7 * list % longest; at++) {
          double score = Drawn.bits(drawn.word(row, 0), 24);
          float rounded = (float) (steps == 0 ? score : Math.floor(score * steps) / steps);
          double chance = Drawn.bits(drawn.word(row, 1), 24);
          double relevance = Math.floor(chance * chance * chance * (most + 1));
          all.add(new OutcomeRow(rounded, relevance, Double.NaN, 1, 1, list));
          row++;
        }
      }

      return sorted(all);
    }
  }

  private static List<OutcomeRow> sorted(List<OutcomeRow> rows) {
    List<OutcomeRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingLong(OutcomeRow::part).thenComparingDouble(OutcomeRow::score));
    return sorted;
  }

  static List<Case> cases() throws IOException {
    return Drawn.lines("ranking.csv")
        .map(
            cells ->
                new Case(
                    Integer.parseInt(cells.get(0)),
                    Long.parseLong(cells.get(1)),
                    Integer.parseInt(cells.get(2)),
                    Integer.parseInt(cells.get(3)),
                    Integer.parseInt(cells.get(4)),
                    cells.stream().skip(5).map(Double::valueOf).toList()))
        .toList();
  }

  private static RankMeasures measures(List<OutcomeRow> rows) {
    RankOutcome outcome = new RankOutcome();
    rows.forEach(outcome::add);
    return outcome.measured();
  }

  private static OutcomeRow row(long list, double score, int relevance, double weight) {
    return new OutcomeRow(score, relevance, Double.NaN, weight, 1, list);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gainsAreThoseOfScikitLearnAndXgboost(Case each) {
    RankMeasures own = measures(each.generated());

    assertThat(own.lists()).isEqualTo(each.lists);
    assertThat(own.gain5()).isCloseTo(each.measures.get(0), within(1e-12));
    assertThat(own.gain10()).isCloseTo(each.measures.get(1), within(1e-12));
    assertThat(own.gain5Error()).isCloseTo(each.measures.get(2), within(1e-9));
    assertThat(own.gain10Error()).isCloseTo(each.measures.get(3), within(1e-9));
  }

  @Test
  void listsThatAreMeasuredApartAddUp() throws IOException {
    List<OutcomeRow> rows = cases().get(0).generated();
    List<RankOutcome> parts = List.of(new RankOutcome(), new RankOutcome());
    rows.forEach(row -> parts.get((int) (row.part() % 2)).add(row));
    RankOutcome all = new RankOutcome();
    parts.forEach(RankOutcome::end);
    parts.forEach(all::add);

    RankMeasures own = measures(rows);
    assertThat(all.measured().lists()).isEqualTo(own.lists());
    assertThat(all.measured().totals()).isEqualTo(own.totals());
    assertThat(all.measured().gain5()).isCloseTo(own.gain5(), within(1e-14));
    assertThat(all.measured().gain10Error()).isCloseTo(own.gain10Error(), within(1e-12));
  }

  @Test
  void listsWithoutARelevantRowCountOneAndListsCountByTheMeanWeightOfTheirRows() {
    RankMeasures own =
        measures(
            List.of(row(7, 0.1, 0, 1), row(7, 0.2, 0, 1), row(8, 0.1, 1, 2), row(8, 0.2, 0, 4)));

    assertThat(own.lists()).isEqualTo(2);
    assertThat(own.withoutRelevant()).isOne();
    assertThat(own.gain5()).isCloseTo((1 + 3 * SECOND) / 4, within(1e-15));
  }

  @Test
  void equalScoresAreInEveryOrder() {
    List<OutcomeRow> rows = List.of(row(1, 0.5, 1, 1), row(1, 0.5, 0, 1), row(1, 0.5, 0, 1));
    List<OutcomeRow> counted =
        List.of(row(1, 0.5, 1, 1), new OutcomeRow(0.5, 0, Double.NaN, 1, 2, 1));

    assertThat(measures(rows).gain5()).isCloseTo((1 + SECOND + 0.5) / 3, within(1e-15));
    assertThat(measures(counted).gain5()).isEqualTo(measures(rows).gain5());
  }

  @Test
  void whatIsNoRelevanceOrDoesNotAscendIsRefused() {
    RankOutcome outcome = new RankOutcome();
    outcome.add(row(1, 0.5, 1, 1));

    for (double relevance : new double[] {-1, 0.5, 32, Double.NaN}) {
      assertThatThrownBy(() -> outcome.add(new OutcomeRow(0.6, relevance, Double.NaN, 1, 1, 1)))
          .hasMessageContaining("whole number from 0 to 31");
    }

    assertThatThrownBy(() -> outcome.add(row(1, 0.25, 0, 1))).hasMessageContaining("ascending");
  }
}
