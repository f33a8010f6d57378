package io.paritree.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
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
