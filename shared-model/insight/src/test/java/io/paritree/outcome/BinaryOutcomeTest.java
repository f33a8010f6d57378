package io.paritree.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.paritree.json.SealedJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BinaryOutcomeTest {
  /** A line of {@code binary.csv}, which {@code binary.py} beside it makes with scikit-learn. */
  private record Case(
      int rows, long seed, int steps, double slope, boolean isWeighted, List<Double> measures) {

    /** Returns the rows that the script generates, in the order of their scores. */
    List<OutcomeRow> generated() {
      Drawn drawn = new Drawn(seed, 3);
      List<OutcomeRow> all = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        double score = Drawn.bits(drawn.word(row, 0), 24);
        float rounded = (float) (steps == 0 ? score : Math.floor(score * steps) / steps);
        double chance = Drawn.bits(drawn.word(row, 1), 53);
        boolean isPositive = chance < (double) rounded * rounded * slope;
        isPositive |= steps == 1 && row % 3 == 0;
        double weight = isWeighted ? 1 + (drawn.word(row, 2) & 7) / 4.0 : 1;
        all.add(new OutcomeRow(rounded, isPositive ? 1 : 0, Double.NaN, weight, 1));
      }

      all.sort(Comparator.comparingDouble(OutcomeRow::score));
      return all;
    }
  }

  /** Returns rows whose label is positive above 0.5. */
  private static List<OutcomeRow> rows(double score, long positives, long negatives) {
    double label = score > 0.5 ? 1 : 0;
    List<OutcomeRow> rows = new ArrayList<>();
    if (positives > 0) {
      rows.add(new OutcomeRow(score, 1, label, 1, positives));
    }

    if (negatives > 0) {
      rows.add(new OutcomeRow(score, 0, label, 1, negatives));
    }

    return rows;
  }

  static List<Case> cases() throws IOException {
    return Drawn.lines("binary.csv").map(BinaryOutcomeTest::ofLine).toList();
  }

  private static Case ofLine(List<String> cells) {
    return new Case(
        Integer.parseInt(cells.get(0)),
        Long.parseLong(cells.get(1)),
        Integer.parseInt(cells.get(2)),
        Double.parseDouble(cells.get(3)),
        cells.get(4).equals("1"),
        cells.stream().skip(5).map(Double::valueOf).toList());
  }

  private static BinaryMeasures measures(Stream<List<OutcomeRow>> blocks) {
    return measures(blocks.flatMap(List::stream).toList());
  }

  private static BinaryMeasures measures(List<OutcomeRow> all) {
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    all.forEach(totals::add);
    BinaryOutcome outcome = new BinaryOutcome(totals.totals());
    all.forEach(outcome::add);
    return outcome.measured();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void measuresAreThoseOfScikitLearn(Case each) {
    BinaryMeasures own = measures(each.generated());

    assertThat(own.auc()).isCloseTo(each.measures.get(0), within(1e-12));
    assertThat(own.aucError()).isCloseTo(each.measures.get(1), within(1e-9));
    assertThat(own.averagePrecision()).isCloseTo(each.measures.get(2), within(1e-12));
    assertThat(own.brier()).isCloseTo(each.measures.get(3), within(1e-12));
    assertThat(own.logLoss()).isCloseTo(each.measures.get(4), within(1e-12));
  }

  @Test
  void otherMeasuresAreThoseOfASmallTable() {
    BinaryMeasures own =
        measures(Stream.of(rows(0.1, 0, 3), rows(0.25, 1, 1), rows(0.5, 1, 1), rows(0.75, 2, 1)));

    assertThat(own.totals().rows()).isEqualTo(10);
    assertThat(own.ks()).isCloseTo(0.5, within(1e-15));
    assertThat(own.confusion()).contains(new Confusion(2, 1, 2, 5));
    assertThat(own.confusion().get().precision()).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(own.confusion().get().recall()).isEqualTo(0.5);
    TopRows fifth = own.top().get(3);
    assertThat(fifth.share()).isEqualTo(0.2);
    assertThat(fifth.gain()).isCloseTo(2 * (2 / 3.0) / 4, within(1e-15));
    assertThat(fifth.rate()).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(fifth.lift()).isCloseTo(2 / 3.0 / 0.4, within(1e-15));
    assertThat(own.groups()).extracting(ScoreGroup::rows).containsExactly(3L, 2L, 2L, 3L);
    assertThat(own.groups().get(0).outcome()).isZero();
    double variances = 3 * 0.1 * (1 - 0.1) + 2 * 0.1875 + 2 * 0.25 + 3 * 0.1875;
    double expected = 3 * 0.1 + 0.5 + 1 + 2.25;
    assertThat(own.rateDeviations())
        .isCloseTo((4 - expected) / Math.sqrt(variances), within(1e-12));
    assertThat(own.expected().positives()).isCloseTo(expected, within(1e-12));
    assertThat(own.expected().brier()).isCloseTo(variances / 10, within(1e-12));
  }

  @Test
  void theExpectedAreaIsThatOfOutcomesAsLikelyAsTheScoresSay() {
    BinaryMeasures own = measures(Stream.of(rows(0.25, 1, 3), rows(0.75, 3, 1)));

    assertThat(own.expected().auc()).isCloseTo(own.auc(), within(1e-15));
    assertThat(own.expected().positives()).isEqualTo(4);
    assertThat(own.rateDeviations()).isZero();
    assertThat(own.spiegelhalter()).isCloseTo(0, within(1e-15));
    assertThat(own.calibrationError()).isZero();
    assertThat(own.brier()).isEqualTo(own.expected().brier());
  }

  @Test
  void withoutOneOfTheOutcomesThereIsNoOrder() {
    BinaryMeasures own = measures(Stream.of(rows(0.25, 0, 3), rows(0.75, 0, 1)));

    assertThat(own.auc()).isNaN();
    assertThat(own.averagePrecision()).isNaN();
    assertThat(own.totals().mean()).isZero();
    assertThat(own.brier()).isCloseTo(0.1875, within(1e-15));
  }

  @Test
  void weightsThatAreAllTenTimesAsLargeAreNoSurer() throws IOException {
    Case weighted = cases().stream().filter(each -> each.isWeighted).findFirst().orElseThrow();
    List<OutcomeRow> once = new Case(2_000, 9, 0, 0.9, true, weighted.measures).generated();
    BinaryMeasures own = measures(once);
    BinaryMeasures more = measures(once.stream().map(row -> withWeight(row, 10)).toList());

    for (int index = 0; index < own.measures().size(); index++) {
      Measure one = own.measures().get(index);
      Measure other = more.measures().get(index);
      double times = one.name().equals("expected_positives") ? 10 : 1; // it is a sum of weights
      assertThat(other.value()).as(one.name()).isCloseTo(times * one.value(), within(1e-9));
      one.interval().ifPresent(interval -> assertClose(interval, other.interval().orElseThrow()));
    }

    for (int index = 0; index < own.groups().size(); index++) {
      assertClose(
          own.groups().get(index).interval().orElseThrow(),
          more.groups().get(index).interval().orElseThrow());
    }
  }

  /** 40,000 rows of which 60 have nearly all of the weight are as sure as some 60. */
  @Test
  void rowsWithWeightsSayHowManyEqualOnesWouldBeAsSure() {
    List<OutcomeRow> few =
        List.of(
            new OutcomeRow(0.1, 0, Double.NaN, 1, 39_940),
            new OutcomeRow(0.2, 0, Double.NaN, 1e6, 30),
            new OutcomeRow(0.3, 1, Double.NaN, 1e6, 30));
    List<OutcomeRow> equal =
        List.of(
            new OutcomeRow(0.1, 0, Double.NaN, 0.1, 39_940),
            new OutcomeRow(0.3, 1, Double.NaN, 0.1, 60));

    String json = new String(SealedJson.of(measures(few)::write), StandardCharsets.UTF_8);

    assertThat(json).contains("\"n\": 40000").containsPattern("\"effective_n\": 60\\.0");
    assertThat(new String(SealedJson.of(measures(equal)::write), StandardCharsets.UTF_8))
        .contains("\"n\": 40000")
        .doesNotContain("effective_n");
  }

  @Test
  void anAreaAtTheEndOfItsRangeHasNoInterval() {
    BinaryMeasures right =
        measures(
            List.of(
                new OutcomeRow(0.1, 0, Double.NaN, 1, 5),
                new OutcomeRow(0.2, 1, Double.NaN, 1, 5)));

    assertThat(right.auc()).isEqualTo(1);
    assertThat(right.measures().get(0).interval()).isEmpty();
    assertThat(right.measures())
        .filteredOn(own -> own.name().equals("rate"))
        .allMatch(own -> own.interval().isPresent());
  }

  private static OutcomeRow withWeight(OutcomeRow row, double times) {
    return new OutcomeRow(row.score(), row.outcome(), row.label(), times * row.weight(), 1);
  }

  private static void assertClose(Interval one, Interval other) {
    assertThat(other.low()).isCloseTo(one.low(), within(1e-12));
    assertThat(other.high()).isCloseTo(one.high(), within(1e-12));
  }

  @Test
  void deviationsOfOutcomesThatAreAsLikelyAsTheScoresAreStandardNormalWhateverRowsWeigh() {
    Random random = new Random(33);
    int trials = 400;
    double rates = 0;
    double spiegelhalters = 0;
    for (int trial = 0; trial < trials; trial++) {
      List<OutcomeRow> rows = new ArrayList<>();
      for (int row = 1; row <= 300; row++) {
        double score = row / 301.0;
        double outcome = random.nextDouble() < score ? 1 : 0;
        double weight = Math.scalb(1, random.nextInt(6));
        rows.add(new OutcomeRow(score, outcome, Double.NaN, weight, 1));
      }

      BinaryMeasures own = measures(rows);
      rates += own.rateDeviations() * own.rateDeviations() / trials;
      spiegelhalters += own.spiegelhalter() * own.spiegelhalter() / trials;
    }

    assertThat(rates).isBetween(0.8, 1.2);
    assertThat(spiegelhalters).isBetween(0.8, 1.2);
  }

  @Test
  void scoresThatDoNotAscendOrAreNoProbabilitiesAreRefused() {
    BinaryOutcome outcome = new BinaryOutcome(new OutcomeTotals(2, 1, 2, 1, 0.5, 1, 1));
    outcome.add(new OutcomeRow(0.5, 1, 1, 1, 1));

    for (double score : new double[] {0.25, Double.NaN, 1.5}) {
      assertThatThrownBy(() -> outcome.add(new OutcomeRow(score, 0, 0, 1, 1)))
          .hasMessageContaining("ascending probabilities");
    }
  }
}
