package io.paritree.reasons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.Seed;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.xgboost.Training;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The reasons of models that are unlike most: all of them add up to the margin, in both modes. */
class HardReasonsTest {
  private static final int ROWS = 60;
  private static final int WIDTH = 6;

  private final long seed = Seed.next();

  @TempDir Path directory;

  private Training training(String objective) {
    return new Training(seed, WIDTH).objective(objective).rounds(12);
  }

  private ScoringModel open(Training training) throws Exception {
    return open(training.file("ubj"), "m.ubj");
  }

  private ScoringModel open(byte[] file, String name) throws Exception {
    Path path = Files.write(directory.resolve(name), file);
    return Opening.open(path.toString(), EngineKind.FOREST);
  }

  @ParameterizedTest
  @EnumSource
  void aLinearBooster(ContributionMode mode) throws Exception {
    assertAddUp(open(training("reg:squarederror").with("booster", "gblinear")), mode);
  }

  @ParameterizedTest
  @EnumSource
  void droppedTreesOfDart(ContributionMode mode) throws Exception {
    assertAddUp(
        open(training("binary:logistic").with("booster", "dart").with("rate_drop", 0.4)), mode);
  }

  @ParameterizedTest
  @EnumSource
  void severalTargetsWithTheirOwnOffsets(ContributionMode mode) throws Exception {
    assertAddUp(
        open(training("reg:quantileerror").with("quantile_alpha", "[0.05,0.5,0.95]")), mode);
  }

  @ParameterizedTest
  @EnumSource
  void theRoundsUpToTheBestIteration(ContributionMode mode) throws Exception {
    ScoringModel model =
        Opening.open(new TestPackages(directory).bareStoppedModel().toString(), EngineKind.FOREST);
    assertThat(model.card().rounds()).isEqualTo(4);
    assertAddUp(model, mode);
  }

  @ParameterizedTest
  @EnumSource
  void treesOfOneLeafGiveNoReason(ContributionMode mode) throws Exception {
    ScoringModel model = open(training("binary:logistic").with("gamma", 1e9));
    Reasons reasons = Reasons.of(model, mode);
    float[] slots = rows(model);
    float[] contributions = new float[ROWS * reasons.contributions()];
    reasons.explain(slots, 0, ROWS, contributions);
    float[] margins = margins(model, slots);
    RowReasons chosen = new RowReasons(reasons.groups().size());
    for (int row = 0; row < ROWS; row++) {
      reasons.choose(contributions, row * reasons.contributions(), 0, 9, Direction.BOTH, chosen);

      assertThat(chosen.count()).isZero();
      assertThat(chosen.rest()).isZero();
      assertThat(chosen.base()).isCloseTo(margins[row], within(1e-5f));
    }
  }

  @Test
  void coversOfZeroGiveTheSameReasonsInBothModesOrNone() throws Exception {
    String model = new String(training("binary:logistic").file("json"), StandardCharsets.UTF_8);
    String zero =
        Pattern.compile("\"sum_hessian\":\\[[^\\]]*]")
            .matcher(model)
            .replaceAll(found -> found.group().replaceAll("[0-9.E+-]+(?=[,\\]])", "0E0"));
    ScoringModel opened = open(zero.getBytes(StandardCharsets.UTF_8), "m.json");
    for (ContributionMode mode : ContributionMode.values()) {
      Reasons reasons = Reasons.of(opened, mode);
      float[] contributions = new float[ROWS * reasons.contributions()];
      reasons.explain(rows(opened), 0, ROWS, contributions);
      RowReasons chosen = new RowReasons(reasons.groups().size());
      for (int row = 0; row < ROWS; row++) {
        reasons.choose(
            contributions, row * reasons.contributions(), 0, WIDTH, Direction.BOTH, chosen);
        for (int reason = 0; reason < chosen.count(); reason++) {
          assertThat(chosen.contribution(reason)).isNotNaN().isNotZero();
        }
      }
    }
  }

  /** More reasons are asked for than there are fields: there are no more than those. */
  private void assertAddUp(ScoringModel model, ContributionMode mode) throws Exception {
    Reasons reasons = Reasons.of(model, mode);
    float[] slots = rows(model);
    float[] contributions = new float[ROWS * reasons.contributions()];
    reasons.explain(slots, 0, ROWS, contributions);
    float[] margins = margins(model, slots);
    int outputs = reasons.outputNames().size();
    RowReasons chosen = new RowReasons(reasons.groups().size());
    int named = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int output = 0; output < outputs; output++) {
        int at = row * reasons.contributions();
        reasons.choose(contributions, at, output, 1_000, Direction.BOTH, chosen);
        assertThat(chosen.count()).isLessThanOrEqualTo(reasons.groups().size());
        assertThat(chosen.rest()).isZero();
        double sum = chosen.base();
        double size = Math.abs(sum);
        for (int reason = 0; reason < chosen.count(); reason++) {
          sum += chosen.contribution(reason);
          size += Math.abs(chosen.contribution(reason));
        }

        named += chosen.count();
        assertThat(sum)
            .as("row %s, output %s, -Dseed=%s", row, output, seed)
            .isCloseTo(margins[row * outputs + output], within(2e-5 * Math.max(1, size)));
      }
    }

    assertThat(named).isPositive();
  }

  /** The first row is missing in every column. */
  private float[] rows(ScoringModel model) {
    int width = model.engine().width();
    float[] slots = Training.rows(new Random(seed), ROWS, width, 0.1);
    Arrays.fill(slots, 0, width, Float.NaN);
    return slots;
  }

  private static float[] margins(ScoringModel model, float[] slots) {
    float[] margins = new float[ROWS * model.engine().outputs()];
    model.engine().score(slots, ROWS, margins, new float[ROWS * model.engine().scores()]);
    return margins;
  }
}
