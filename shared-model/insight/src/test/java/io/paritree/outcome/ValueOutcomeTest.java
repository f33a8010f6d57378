package io.paritree.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ValueOutcomeTest {
  private static final Offset<Double> SAME = within(1e-12);

  private static ValueMeasures measures(double[] scores, double[] outcomes, double... weights) {
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    List<OutcomeRow> rows =
        IntStream.range(0, scores.length)
            .mapToObj(
                row -> new OutcomeRow(scores[row], outcomes[row], Double.NaN, weights[row], 1))
            .toList();
    rows.forEach(totals::add);
    ValueOutcome outcome = new ValueOutcome(totals.totals(), OptionalDouble.of(0.9));
    rows.forEach(outcome::add);
    return outcome.measured();
  }

  /** The expected values are those of sklearn.metrics with sample_weight. */
  @Test
  void measuresAreThoseOfScikitLearn() {
    ValueMeasures own =
        measures(new double[] {0.5, 1, 1, 2.5, 4}, new double[] {0, 1, 3, 2, 5}, 1, 2, 1, 0.5, 1);

    assertThat(own.meanAbsoluteError()).isCloseTo(0.6818181818181818, SAME);
    assertThat(own.rootMeanSquaredError()).isCloseTo(0.9885710532241612, SAME);
    assertThat(own.explained()).isCloseTo(0.6640625, SAME);
    assertThat(own.poissonDeviance()).isCloseTo(0.7048767531858793, SAME);
    assertThat(own.gammaDeviance()).isNaN(); // an outcome is 0
    assertThat(own.meanError()).isCloseTo((0.5 + 0 - 2 + 0.25 - 1) / 5.5, SAME);
    assertThat(own.observedOverExpected()).isCloseTo(11 / 8.75, SAME);
    assertThat(own.below()).isCloseTo((1 + 1 + 0.5) / 5.5, SAME);
    assertThat(own.pinballLoss()).isCloseTo(0.5045454545454545, SAME);
  }

  @Test
  void gammaDevianceIsThatOfScikitLearn() {
    ValueMeasures own = measures(new double[] {0.5, 1, 4}, new double[] {0.75, 3, 2.5}, 1, 1, 2);

    assertThat(own.gammaDeviance()).isCloseTo(0.5929649308575986, SAME);
    assertThat(own.groups()).extracting(ScoreGroup::outcome).containsExactly(0.75, 3.0, 2.5);
  }

  @Test
  void rowsThatWereAddedUpHaveTheSameMeasures() {
    ValueMeasures each = measures(new double[] {1, 2, 2, 2}, new double[] {2, 1, 3, 4}, 1, 1, 2, 1);
    OutcomeTotals.Sum totals = new OutcomeTotals.Sum();
    double mean = (1 + 2 * 3 + 4) / 4.0; // of the last three
    double deviations =
        (1 - mean) * (1 - mean) + 2 * (3 - mean) * (3 - mean) + (4 - mean) * (4 - mean);
    ValueSums one = ValueSums.ofRow(2, 1, OptionalDouble.of(0.9));
    ValueSums two = ValueSums.ofRow(2, 3, OptionalDouble.of(0.9));
    ValueSums three = ValueSums.ofRow(2, 4, OptionalDouble.of(0.9));
    ValueSums all =
        new ValueSums(
            one.errors() + 2 * two.errors() + three.errors(),
            one.absoluteErrors() + 2 * two.absoluteErrors() + three.absoluteErrors(),
            one.squaredErrors() + 2 * two.squaredErrors() + three.squaredErrors(),
            deviations,
            one.below() + 2 * two.below() + three.below(),
            one.pinball() + 2 * two.pinball() + three.pinball(),
            one.poisson() + 2 * two.poisson() + three.poisson(),
            one.gamma() + 2 * two.gamma() + three.gamma());
    List<OutcomeRow> rows =
        List.of(
            new OutcomeRow(1, 2, Double.NaN, 1, 1),
            new OutcomeRow(2, mean, Double.NaN, 4 / 3.0, 3, 0, 6, Optional.of(all)));
    rows.forEach(totals::add);
    ValueOutcome outcome = new ValueOutcome(totals.totals(), OptionalDouble.of(0.9));
    rows.forEach(outcome::add);

    List<Measure> added = outcome.measured().measures();
    assertThat(added).hasSameSizeAs(each.measures());
    for (int index = 0; index < added.size(); index++) {
      assertThat(added.get(index).value())
          .as(added.get(index).name())
          .isCloseTo(each.measures().get(index).value(), SAME);
    }
  }

  @Test
  void scoresThatDoNotAscendAreRefused() {
    ValueOutcome outcome =
        new ValueOutcome(new OutcomeTotals(2, 1, 2, 1, 0.5, 1, 1), OptionalDouble.empty());
    outcome.add(new OutcomeRow(5, 1, 1, 1, 1));

    for (double score : new double[] {4, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> outcome.add(new OutcomeRow(score, 0, 0, 1, 1)))
          .hasMessageContaining("ascending numbers");
    }
  }
}
