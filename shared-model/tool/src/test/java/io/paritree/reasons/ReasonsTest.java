package io.paritree.reasons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.Assumptions;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.golden.JsonRecord;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.ReasonGroup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reasons are the largest sums of contributions, by field and group. */
class ReasonsTest {
  private static final int ROWS = 200;
  private static final int WEIGHT = 1;

  private ScoringModel model;
  private Reasons reasons;
  private float[] slots;
  private float[] margins;
  private float[] contributions;

  @BeforeEach
  void open(@TempDir Path store) throws Exception {
    explain(new TestPackages(store).reasons());
  }

  private void explain(Path path) throws Exception {
    model = Opening.open(ModelFiles.read(path.toString()), EngineKind.FOREST, Assumptions.NONE);
    reasons = Reasons.of(model, ContributionMode.FAST);
    int width = model.engine().width();
    slots = new float[ROWS * width];
    for (int row = 0; row < ROWS; row++) {
      byte[] record = TestRecords.json(row).getBytes(StandardCharsets.UTF_8);
      JsonRecord.encode(model.schema(), record, slots, row * width);
    }

    margins = new float[ROWS * model.engine().outputs()];
    model.engine().score(slots, ROWS, margins, new float[ROWS * model.engine().scores()]);
    contributions = new float[ROWS * reasons.contributions()];
    reasons.explain(slots, 0, ROWS, contributions);
  }

  @Test
  void featuresOfOneColumnOrGroupAreOneReason() {
    assertThat(reasons.groups())
        .extracting(ReasonGroup::name)
        .containsExactly("distance", "weight", "service", "zone", "departure");
    assertThat(reasons.groups().get(2).columns()).containsExactly("express", "carrier");
    assertThat(reasons.groups().get(4).slots()).containsExactly(5, 6);
  }

  /** The other half of the work: sums, sorts and signs by streams instead of bits. */
  @ParameterizedTest
  @EnumSource(Direction.class)
  void theLargestInTheDirectionAreChosen(Direction direction) {
    int[][] slotsOf = {{0}, {1}, {2, 3}, {4}, {5, 6}};
    int fewer = 0;
    for (int row = 0; row < ROWS; row++) {
      int start = row * reasons.contributions();
      double[] sums = new double[slotsOf.length];
      for (int group = 0; group < sums.length; group++) {
        sums[group] =
            IntStream.of(slotsOf[group]).mapToDouble(slot -> contributions[start + slot]).sum();
      }

      List<Integer> expected = new ArrayList<>(List.of(0, 2, 3, 4));
      expected.removeIf(
          group ->
              sums[group] == 0
                  || direction == Direction.UP && sums[group] < 0
                  || direction == Direction.DOWN && sums[group] > 0);
      expected.sort(Comparator.comparing((Integer group) -> -Math.abs((float) sums[group])));
      fewer += expected.size() < 3 ? 1 : 0;
      expected = expected.subList(0, Math.min(3, expected.size()));

      RowReasons chosen = chosen(row, 0, 3, direction);

      assertThat(IntStream.range(0, chosen.count()).map(chosen::group).boxed())
          .as("row %s", row)
          .isEqualTo(expected);
      for (int reason = 0; reason < chosen.count(); reason++) {
        assertThat(chosen.contribution(reason)).isEqualTo((float) sums[chosen.group(reason)]);
      }
    }

    if (direction != Direction.BOTH) {
      assertThat(fewer).as("rows with fewer than three reasons").isPositive();
    }
  }

  @Test
  void baseReasonsAndRestAreTheMargin() {
    for (int row = 0; row < ROWS; row++) {
      RowReasons chosen = chosen(row, 0, 2, Direction.DOWN);
      double sum = (double) chosen.base() + chosen.rest();
      for (int reason = 0; reason < chosen.count(); reason++) {
        sum += chosen.contribution(reason);
      }

      assertThat(sum).as("row %s", row).isCloseTo(margins[row], within(1e-5));
    }
  }

  @Test
  void whatIsNeverNamedIsInTheRest() {
    float largest = 0;
    for (int row = 0; row < ROWS; row++) {
      RowReasons chosen = chosen(row, 0, 5, Direction.BOTH);
      assertThat(IntStream.range(0, chosen.count()).map(chosen::group).boxed())
          .doesNotContain(WEIGHT);
      assertThat(chosen.rest()).isEqualTo(contributions[row * reasons.contributions() + WEIGHT]);
      largest = Math.max(largest, Math.abs(chosen.rest()));
    }

    assertThat(largest).isPositive();
  }

  @Test
  void equalContributionsAreInTheOrderOfTheSchemaAndZerosAreNoReasons() {
    float[] row = {-1, 9, 0.5f, 0.5f, 1, -0.25f, 0.25f, 4};
    RowReasons chosen = new RowReasons(5);
    reasons.choose(row, 0, 0, 5, Direction.BOTH, chosen);

    assertThat(IntStream.range(0, chosen.count()).map(chosen::group)).containsExactly(0, 2, 3);
    assertThat(chosen.contribution(0)).isEqualTo(-1);
    assertThat(chosen.rest()).isEqualTo(9);
    assertThat(chosen.base()).isEqualTo(4);
  }

  @Test
  void aCodeBelongsToADirection() {
    assertThat(reasons.code(0, 1).orElseThrow().code()).isEqualTo("R1");
    assertThat(reasons.code(0, 1).orElseThrow().text()).contains("The way is long");
    assertThat(reasons.code(0, -1).orElseThrow().code()).isEqualTo("R2");
    assertThat(reasons.code(3, 1)).isEmpty();
  }

  @Test
  void theMarginOfAnyOutputIsExplained(@TempDir Path store) throws Exception {
    explain(new TestPackages(store).classes());

    assertThat(reasons.outputNames()).containsExactly("small", "medium", "large");
    assertThat(reasons.output("large")).hasValue(2);
    assertThat(reasons.output("huge")).isEmpty();
    assertThat(reasons.winner(new float[] {9, 0.2f, 0.5f, 0.3f}, 1)).isEqualTo(1);
    for (int row = 0; row < ROWS; row++) {
      for (int output = 0; output < 3; output++) {
        RowReasons chosen = chosen(row, output, 6, Direction.BOTH);
        double sum = (double) chosen.base() + chosen.rest();
        for (int reason = 0; reason < chosen.count(); reason++) {
          sum += chosen.contribution(reason);
        }

        assertThat(sum).isCloseTo(margins[row * 3 + output], within(1e-5));
      }
    }
  }

  @Test
  void anOutputIsNamedByItsOwnNameOrItsClass() throws Exception {
    Reasons named =
        new Reasons(
            model.explainer(ContributionMode.FAST),
            ContributionMode.FAST,
            new Outputs(List.of("late"), Outputs.Kind.CLASS_SCORES, List.of("delayed"), 0.5f),
            reasons.groups());

    assertThat(named.output("late")).hasValue(0);
    assertThat(named.output("delayed")).hasValue(0);
    assertThat(named.output("early")).isEmpty();
  }

  @Test
  void importanceIsTheMeanOfAbsoluteSums() {
    Importance importance = new Importance(reasons);
    double expected = 0;
    for (int row = 0; row < ROWS; row++) {
      int at = row * reasons.contributions();
      importance.add(contributions, at);
      expected += Math.abs(contributions[at + 5] + contributions[at + 6]) / (double) ROWS;
    }

    assertThat(importance.mean(4)).isPositive().isCloseTo(expected, within(1e-6));
  }

  private RowReasons chosen(int row, int output, int most, Direction direction) {
    RowReasons chosen = new RowReasons(reasons.groups().size());
    reasons.choose(contributions, row * reasons.contributions(), output, most, direction, chosen);
    return chosen;
  }
}
