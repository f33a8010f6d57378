package io.paritree.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClassOutcomeTest {
  private static final List<String> NAMES = List.of("early", "late", "lost");

  /** A line of {@code classes.csv}, which {@code classes.py} beside it makes with scikit-learn. */
  private record Case(
      int rows, long seed, int classes, int steps, boolean isWeighted, List<Double> measures) {

    List<OutcomeRow> generated() {
      Drawn drawn = new Drawn(seed, classes + 2);
      List<OutcomeRow> all = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        double[] edges = new double[classes + 1];
        for (int cut = 0; cut < classes - 1; cut++) {
          edges[cut + 1] = Math.floor(Drawn.bits(drawn.word(row, cut), 24) * steps);
        }

        Arrays.sort(edges, 1, classes);
        edges[classes] = steps;
        double[] scores = new double[classes];
        int label = 0;
        int likely = 0;
        double below = 0;
        double chance = Drawn.bits(drawn.word(row, classes - 1), 53);
        for (int of = 0; of < classes; of++) {
          scores[of] = (edges[of + 1] - edges[of]) / steps;
          label = scores[of] > scores[label] ? of : label;
          below += scores[of];
          likely += below <= chance ? 1 : 0;
        }

        long last = drawn.word(row, classes + 1);
        int any = (int) Math.floor(Drawn.bits(drawn.word(row, classes), 24) * classes);
        int outcome = (last & 1) == 1 ? Math.min(likely, classes - 1) : any;
        double weight = isWeighted ? 1 + (last >>> 1 & 7) / 4.0 : 1;
        all.addAll(row(scores, outcome, label, weight));
      }

      return sorted(all);
    }
  }

  /** Returns what comes of a row: once for each class. */
  private static List<OutcomeRow> row(double[] scores, int outcome, int label, double weight) {
    return IntStream.range(0, scores.length)
        .mapToObj(of -> new OutcomeRow(scores[of], outcome, label, weight, 1, of))
        .toList();
  }

  private static List<OutcomeRow> sorted(List<OutcomeRow> rows) {
    List<OutcomeRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingDouble(OutcomeRow::score));
    return sorted;
  }

  static List<Case> cases() throws IOException {
    return Drawn.lines("classes.csv")
        .map(
            cells ->
                new Case(
                    Integer.parseInt(cells.get(0)),
                    Long.parseLong(cells.get(1)),
                    Integer.parseInt(cells.get(2)),
                    Integer.parseInt(cells.get(3)),
                    cells.get(4).equals("1"),
                    cells.stream().skip(5).map(Double::valueOf).toList()))
        .toList();
  }

  private static ClassMeasures measures(List<String> names, List<OutcomeRow> rows) {
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    rows.stream().filter(OutcomeRow::isOfItsOutcome).forEach(totals::add);
    ClassOutcome outcome = new ClassOutcome(totals.totals(), names);
    rows.forEach(outcome::add);
    return outcome.measured();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void measuresAreThoseOfScikitLearn(Case each) {
    List<String> names = IntStream.range(0, each.classes).mapToObj(of -> "c" + of).toList();
    ClassMeasures own = measures(names, each.generated());
    ClassMeasures.OfClass first =
        own.classes().stream().filter(any -> any.name().equals("c0")).findFirst().orElseThrow();

    assertThat(own.rows()).isEqualTo(each.rows);
    assertThat(own.accuracy()).isCloseTo(each.measures.get(0), within(1e-12));
    assertThat(own.logLoss()).isCloseTo(each.measures.get(1), within(1e-12));
    assertThat(own.auc()).isCloseTo(each.measures.get(2), within(1e-12));
    assertThat(first.auc()).isCloseTo(each.measures.get(3), within(1e-12));
    assertThat(first.recall()).isCloseTo(each.measures.get(4), within(1e-12));
  }

  @Test
  void labelsWithoutScoresSayHowOftenTheyAreRightAndWhatTheyMistake() {
    List<OutcomeRow> rows = new ArrayList<>();
    long none = OutcomeRow.NO_CLASS;
    rows.add(new OutcomeRow(0, 0, 0, 1, 6, none));
    rows.add(new OutcomeRow(1, 0, 1, 1, 2, none));
    rows.add(new OutcomeRow(1, 1, 1, 1, 1, none));
    rows.add(new OutcomeRow(2, 0, 2, 1, 1, none));

    ClassMeasures own = measures(NAMES, rows);

    assertThat(own.accuracy()).isEqualTo(0.7);
    assertThat(own.logLoss()).isNaN();
    assertThat(own.auc()).isNaN();
    assertThat(own.mistakes())
        .containsExactly(
            new ClassMeasures.Mistake("late", "early", 2),
            new ClassMeasures.Mistake("lost", "early", 1));
    assertThat(own.classes())
        .extracting(ClassMeasures.OfClass::name)
        .containsExactly("early", "late");
    assertThat(own.classes().get(1).precision()).isCloseTo(1 / 3.0, within(1e-15));
    assertThat(own.classes().get(0).recall()).isCloseTo(2 / 3.0, within(1e-15));
  }

  @Test
  void scoresOfAClassThatDoNotAscendOrAreNoProbabilitiesAreRefused() {
    ClassOutcome outcome = new ClassOutcome(new OutcomeTotals(2, 1, 2, 1, 0.5, 1, 1), NAMES);
    outcome.add(new OutcomeRow(0.5, 1, 1, 1, 1, 2));

    for (double score : new double[] {-0.5, Double.NaN, 1.5}) {
      assertThatThrownBy(() -> outcome.add(new OutcomeRow(score, 1, 1, 1, 1, 2)))
          .hasMessageContaining("probabilities, 0 to 1, were expected");
    }

    assertThatThrownBy(() -> outcome.add(new OutcomeRow(0.25, 1, 1, 1, 1, 2)))
        .hasMessageContaining("ascending scores were expected");
  }
}
