package io.paritree.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BinaryOutcomeTest {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final float THRESHOLD = 0.5f;

  /** A line of {@code binary.csv}, which {@code binary.py} beside it makes with scikit-learn. */
  private record Case(
      int rows, long seed, int steps, double slope, boolean isWeighted, List<Double> measures) {

    /** Returns the rows that the script generates, by score. */
    TreeMap<Float, BinaryRows> generated() {
      TreeMap<Float, BinaryRows> byScore = new TreeMap<>();
      for (int row = 0; row < rows; row++) {
        double score = (mix(3L * row + 1) >>> 40) * 0x1p-24;
        float rounded = (float) (steps == 0 ? score : Math.floor(score * steps) / steps);
        double chance = (mix(3L * row + 2) >>> 11) * 0x1p-53;
        boolean isPositive = chance < (double) rounded * rounded * slope;
        isPositive |= steps == 1 && row % 3 == 0;
        double weight = isWeighted ? 1 + (mix(3L * row + 3) & 7) / 4.0 : 1;
        BinaryRows own =
            isPositive
                ? new BinaryRows(rounded, 1, 0, weight, 0)
                : new BinaryRows(rounded, 0, 1, 0, weight);
        byScore.merge(rounded, own, BinaryOutcomeTest::plus);
      }

      return byScore;
    }

    private long mix(long index) {
      long z = seed + index * GOLDEN;
      z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
      z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
      return z ^ (z >>> 31);
    }
  }

  private static BinaryRows plus(BinaryRows a, BinaryRows b) {
    return new BinaryRows(
        a.score(),
        a.positiveRows() + b.positiveRows(),
        a.negativeRows() + b.negativeRows(),
        a.positives() + b.positives(),
        a.negatives() + b.negatives());
  }

  static List<Case> cases() throws IOException {
    try (InputStream in = BinaryOutcomeTest.class.getResourceAsStream("/outcome/binary.csv")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).map(BinaryOutcomeTest::ofLine).toList();
    }
  }

  private static Case ofLine(String line) {
    List<String> cells = List.of(line.split(","));
    return new Case(
        Integer.parseInt(cells.get(0)),
        Long.parseLong(cells.get(1)),
        Integer.parseInt(cells.get(2)),
        Double.parseDouble(cells.get(3)),
        cells.get(4).equals("1"),
        cells.stream().skip(5).map(Double::valueOf).toList());
  }

  private static BinaryMeasures measures(Iterable<BinaryRows> all) {
    BinaryTotals totals = BinaryTotals.NONE;
    for (BinaryRows rows : all) {
      totals = totals.plus(rows);
    }

    BinaryOutcome outcome = new BinaryOutcome(totals, THRESHOLD);
    all.forEach(outcome::add);
    return outcome.measures();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void measuresAreThoseOfScikitLearn(Case each) {
    BinaryMeasures own = measures(each.generated().values());

    assertThat(own.auc()).isCloseTo(each.measures.get(0), within(1e-12));
    assertThat(own.aucError()).isCloseTo(each.measures.get(1), within(1e-9));
    assertThat(own.averagePrecision()).isCloseTo(each.measures.get(2), within(1e-12));
    assertThat(own.brier()).isCloseTo(each.measures.get(3), within(1e-12));
    assertThat(own.logLoss()).isCloseTo(each.measures.get(4), within(1e-12));
  }

  @Test
  void otherMeasuresAreThoseOfASmallTable() {
    BinaryMeasures own =
        measures(
            List.of(
                BinaryRows.of(0.1f, 0, 3),
                BinaryRows.of(0.25f, 1, 1),
                BinaryRows.of(0.5f, 1, 1),
                BinaryRows.of(0.75f, 2, 1)));

    assertThat(own.totals().rows()).isEqualTo(10);
    assertThat(own.ks()).isCloseTo(0.5, within(1e-15));
    assertThat(own.confusion()).isEqualTo(new Confusion(0.5, 2, 1, 2, 5));
    assertThat(own.confusion().precision()).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(own.confusion().recall()).isEqualTo(0.5);
    TopRows fifth = own.top().get(3);
    assertThat(fifth.share()).isEqualTo(0.2);
    assertThat(fifth.gain()).isCloseTo(2 * (2 / 3.0) / 4, within(1e-15));
    assertThat(fifth.rate()).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(fifth.lift()).isCloseTo(2 / 3.0 / 0.4, within(1e-15));
    assertThat(own.groups()).extracting(ScoreGroup::rows).containsExactly(3L, 2L, 2L, 3L);
    assertThat(own.groups().get(0).rate()).isZero();
    double variances = 3 * (double) 0.1f * (1 - (double) 0.1f) + 2 * 0.1875 + 2 * 0.25 + 3 * 0.1875;
    double expected = 3 * (double) 0.1f + 0.5 + 1 + 2.25;
    assertThat(own.rateDeviations())
        .isCloseTo((4 - expected) / Math.sqrt(variances), within(1e-12));
    assertThat(own.expected().positives()).isCloseTo(expected, within(1e-12));
    assertThat(own.expected().brier()).isCloseTo(variances / 10, within(1e-12));
  }

  @Test
  void theExpectedAreaIsThatOfOutcomesAsLikelyAsTheScoresSay() {
    BinaryMeasures own = measures(List.of(BinaryRows.of(0.25f, 1, 3), BinaryRows.of(0.75f, 3, 1)));

    assertThat(own.expected().auc()).isCloseTo(own.auc(), within(1e-15));
    assertThat(own.expected().positives()).isEqualTo(4);
    assertThat(own.rateDeviations()).isZero();
    assertThat(own.spiegelhalter()).isCloseTo(0, within(1e-15));
    assertThat(own.calibrationError()).isZero();
    assertThat(own.brier()).isEqualTo(own.expected().brier());
  }

  @Test
  void withoutOneOfTheOutcomesThereIsNoOrder() {
    BinaryMeasures own = measures(List.of(BinaryRows.of(0.25f, 0, 3), BinaryRows.of(0.75f, 0, 1)));

    assertThat(own.auc()).isNaN();
    assertThat(own.averagePrecision()).isNaN();
    assertThat(own.totals().rate()).isZero();
    assertThat(own.brier()).isCloseTo(0.1875, within(1e-15));
  }

  @Test
  void scoresThatDoNotAscendOrAreNoProbabilitiesAreRefused() {
    BinaryOutcome outcome = new BinaryOutcome(new BinaryTotals(1, 1, 1, 1), THRESHOLD);
    outcome.add(BinaryRows.of(0.5f, 1, 0));

    for (float score : new float[] {0.5f, 0.25f, Float.NaN, 1.5f}) {
      assertThatThrownBy(() -> outcome.add(BinaryRows.of(score, 0, 1)))
          .hasMessageContaining("ascending probabilities");
    }
  }
}
