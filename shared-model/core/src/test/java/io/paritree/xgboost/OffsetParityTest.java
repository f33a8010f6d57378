package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.forest.Bits;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.forest.Ways;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Contributions;
import io.paritree.forest.explain.Explainer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets against the base margins of XGBoost4J's {@code DMatrix}. */
class OffsetParityTest {
  private static final int WIDTH = 7;
  private static final int ROWS = Math.max(700, Integer.getInteger("paritree.rows", 0) / 10);
  private static final int COMPARED_ALONE = 40;

  /** Also where the sum of the trees is lost in the offset, and where their sum overflows. */
  private static final float[] UNUSUAL = {
    0f, 1e-30f, -1e7f, 1e30f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE
  };

  private final long seed = Seed.next();

  static String[] objectives() {
    return ForestParityTest.objectives().toArray(String[]::new);
  }

  private Training training(String objective) {
    return new Training(seed, WIDTH).objective(objective);
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void everyObjectiveBeginsWithTheOffset(String objective) throws Exception {
    assertParity(training(objective).rounds(5), Rounds.ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"multi:softmax", "multi:softprob"})
  void eachClassHasAnOffsetOfItsOwn(String objective) throws Exception {
    assertParity(training(objective).classes(4), Rounds.ALL);
  }

  @Test
  void severalOutputsAndLeavesOfSeveralWeights() throws Exception {
    assertParity(training("reg:quantileerror").with("quantile_alpha", "[0.2,0.5,0.9]"), Rounds.ALL);
    assertParity(
        training("multi:softprob")
            .classes(3)
            .with("tree_method", "hist")
            .with("multi_strategy", "multi_output_tree"),
        Rounds.ALL);
  }

  @Test
  void droppedTreesOfDart() throws Exception {
    Training dart = training("reg:squarederror").with("booster", "dart").with("rate_drop", 0.3);
    assertParity(dart.rounds(20), Rounds.ALL);
    assertParity(dart.objective("multi:softprob").classes(3), Rounds.ALL);
  }

  @Test
  void firstRoundsOfARandomForest() throws Exception {
    Training forest =
        training("multi:softprob").classes(3).with("num_parallel_tree", 3).with("subsample", 0.7);
    assertParity(forest.rounds(6), new Rounds(2));
  }

  @Test
  void linearBooster() throws Exception {
    assertParity(training("count:poisson").with("booster", "gblinear"), Rounds.ALL);
    assertParity(training("multi:softprob").classes(4).with("booster", "gblinear"), Rounds.ALL);
  }

  @Test
  void deepLeafWiseTreesAndCategories() throws Exception {
    assertParity(
        training("count:poisson")
            .categories(1, 40)
            .rows(8_000)
            .with("tree_method", "hist")
            .with("grow_policy", "lossguide")
            .with("max_leaves", 400)
            .with("max_depth", 0),
        Rounds.ALL);
  }

  /** As after a refresh with other data: such forests are explained row by row. */
  @Test
  void coversThatAreNoShares() throws Exception {
    String model = new String(training("count:poisson").file("json"), StandardCharsets.UTF_8);
    String other = model.replaceFirst("(\"sum_hessian\":\\[)[^,]*,[^,]*", "$10E0,3.4E38");
    assertThat(other).isNotEqualTo(model);
    assertParity(other.getBytes(StandardCharsets.UTF_8), Rounds.ALL);
  }

  @Test
  void aMissingOffsetIsTheOneGivenForThat() throws Exception {
    byte[] file = training("count:poisson").file("ubj");
    XgboostModel model = XgboostModel.read(file);
    Forest forest = model.forest(Rounds.ALL).withOffsets(new float[] {0.75f});
    float[] with = rows(model, 1);
    float[] without = with.clone();
    for (int row = 0; row < ROWS; row++) {
      with[row * (WIDTH + 1) + WIDTH] = 0.75f;
      without[row * (WIDTH + 1) + WIDTH] = Float.NaN;
    }

    float[] expected = new float[ROWS];
    float[] actual = new float[ROWS];
    Engine reference =
        NativeBooster.load(file, model, Rounds.ALL).withOffsets(new float[] {Float.NaN});
    reference.score(with, ROWS, expected, null);
    forest.score(without, ROWS, actual, null);
    Bits.assertBits("default, replay with -Dseed=" + seed, actual, expected);
    for (Map.Entry<String, Engine> way : Ways.of(forest).entrySet()) {
      way.getValue().score(without, ROWS, actual, null);
      Bits.assertBits(way.getKey() + ", replay with -Dseed=" + seed, actual, expected);
    }
  }

  private void assertParity(Training training, Rounds range) throws Exception {
    assertParity(training.file("ubj"), range);
  }

  private void assertParity(byte[] file, Rounds range) throws Exception {
    XgboostModel model = XgboostModel.read(file);
    int outputs = model.outputs();
    float[] noDefault = new float[outputs];
    Arrays.fill(noDefault, Float.NaN);
    Forest forest = model.forest(range).withOffsets(noDefault);
    NativeBooster reference = NativeBooster.load(file, model, range).withOffsets(noDefault);
    float[] slots = rows(model, outputs);
    String what = "replay with -Dseed=" + seed;
    if (model.isLinear()) {
      Bits.assertScores(what, forest, reference, slots);
    } else {
      Bits.assertEqual(what, forest, reference, slots);
    }

    Ways.of(forest).forEach((way, engine) -> assertRows(way + ", " + what, engine, forest, slots));
    assertContributions(what, forest, reference, slots);
  }

  private static void assertRows(String what, Engine fast, Forest forest, float[] slots) {
    Bits.assertEqual(what, fast, forest, slots);
    assertColumns(what, fast, forest, slots);
    for (int row = 0; row < COMPARED_ALONE; row++) {
      int at = row * forest.width();
      float[] one = Arrays.copyOfRange(slots, at, at + forest.width());
      Bits.assertEqual("alone, " + what, fast, forest, one);
    }
  }

  private static void assertColumns(String what, Engine fast, Engine forest, float[] slots) {
    int stride = ROWS + 3;
    float[] columns = new float[stride * forest.width()];
    for (int at = 0; at < slots.length; at++) {
      columns[at % forest.width() * stride + at / forest.width()] = slots[at];
    }

    float[] expected = new float[ROWS * forest.outputs()];
    float[] actual = new float[expected.length];
    forest.score(slots, ROWS, expected, null);
    fast.scoreColumns(columns, stride, ROWS, actual, null);
    Bits.assertBits("columns, " + what, actual, expected);
  }

  private void assertContributions(
      String what, Forest forest, NativeBooster reference, float[] slots) {
    float[] usual = slots.clone();
    int rows = ROWS / 4;
    float[] expected = new float[rows * reference.contributions()];
    reference.explain(Arrays.copyOf(usual, rows * forest.width()), rows, expected);
    float[] actual = new float[expected.length];
    Explainer exact = Explainer.of(forest, ContributionMode.EXACT);
    exact.explain(usual, rows, actual);
    Bits.assertBits("contributions, " + what, actual, expected);

    float[] one = new float[exact.contributions()];
    for (int row = 0; row < COMPARED_ALONE; row++) {
      int at = row * forest.width();
      exact.explain(Arrays.copyOfRange(slots, at, at + forest.width()), 1, one);
      Bits.assertBits(
          "contributions alone, " + what,
          one,
          Arrays.copyOfRange(expected, row * one.length, (row + 1) * one.length));
    }

    Explainer.of(forest, ContributionMode.FAST).explain(usual, rows, actual);
    Contributions.assertClose(what, forest, actual, expected);
  }

  /** Rows with offsets as large as the trees' sums, and some that are unusual. */
  private float[] rows(XgboostModel model, int outputs) {
    Random random = new Random(seed);
    float[] ofModel = Training.rows(random, ROWS, WIDTH, 0.1);
    for (int feature = 0; feature < WIDTH; feature++) {
      if (model.categorical(feature)) {
        Training.putCategories(random, ofModel, WIDTH, feature, 45);
      }
    }

    int width = WIDTH + outputs;
    float[] slots = new float[ROWS * width];
    for (int row = 0; row < ROWS; row++) {
      System.arraycopy(ofModel, row * WIDTH, slots, row * width, WIDTH);
      for (int output = 0; output < outputs; output++) {
        slots[row * width + WIDTH + output] =
            random.nextInt(20) == 0
                ? UNUSUAL[random.nextInt(UNUSUAL.length)]
                : (float) random.nextGaussian() * 3;
      }
    }

    return slots;
  }
}
