package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.forest.Bits;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.forest.Ways;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Forest} against libxgboost, on models that XGBoost4J trains. */
class ForestParityTest {
  private static final int WIDTH = 7;
  private static final int ROWS = Integer.getInteger("paritree.rows", 2_000);

  private static final float[] NO_CATEGORIES = {
    -1f, -0.5f, -0f, 3.7f, 1e6f, 16_777_215f, 16_777_216f, 17e6f, 3e9f, Float.MAX_VALUE
  };

  private final long seed = Seed.next();

  static Stream<String> objectives() {
    return Stream.of(Objective.values())
        .filter(objective -> !objective.text().startsWith("multi:"))
        .filter(objective -> objective != Objective.QUANTILE && objective != Objective.EXPECTILE)
        .filter(objective -> objective != Objective.AFT)
        .map(Objective::text);
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void everyObjectiveHasTheBitsOfLibxgboost(String objective) throws Exception {
    assertParity(new Training(seed, WIDTH).objective(objective));
  }

  @ParameterizedTest
  @ValueSource(strings = {"multi:softmax", "multi:softprob"})
  void classesHaveTheBitsOfLibxgboost(String objective) throws Exception {
    assertParity(new Training(seed, WIDTH).objective(objective).classes(5));
  }

  @Test
  void quantilesAreSorted() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("reg:quantileerror")
            .with("quantile_alpha", "[0.2,0.4,0.45,0.5,0.9]"));
  }

  @Test
  void expectilesAddUp() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("reg:expectileerror")
            .with("expectile_alpha", "[0.2,0.5,0.9]"));
  }

  /** One base score is first repeated for each output, and only then transformed. */
  @Test
  void expectilesOfOneBaseScoreAddUp() throws Exception {
    String model =
        new String(
            new Training(seed, WIDTH)
                .objective("reg:expectileerror")
                .with("expectile_alpha", "[0.2,0.5,0.9]")
                .file("json"),
            StandardCharsets.UTF_8);
    String one = model.replaceFirst("\"base_score\":\"[^\"]*\"", "\"base_score\":\"3E-1\"");
    assertThat(one).isNotEqualTo(model);
    assertParity("json", one.getBytes(StandardCharsets.UTF_8));
  }

  /** XGBoost4J cannot train it, because it cannot set the bounds of labels. */
  @Test
  void acceleratedFailureTimeIsExponentialInDouble() throws Exception {
    String poisson =
        new String(
            new Training(seed, WIDTH).objective("count:poisson").file("json"),
            StandardCharsets.UTF_8);
    String aft =
        poisson.replaceFirst(
            "\\{\"name\":\"count:poisson\".*?\\}\\}",
            "{\"name\":\"survival:aft\",\"aft_loss_param\":{\"aft_loss_distribution\":\"normal\","
                + "\"aft_loss_distribution_scale\":\"1\"}}");
    assertThat(aft).contains("survival:aft");
    assertParity("json", aft.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void dartWeightsMultiplyLeaves() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("reg:squarederror")
            .with("booster", "dart")
            .with("rate_drop", 0.3));
  }

  @Test
  void linearBoosterHasTheBitsOfLibxgboost() throws Exception {
    assertParity(
        new Training(seed, WIDTH).objective("binary:logistic").with("booster", "gblinear"));
    assertParity(
        new Training(seed, WIDTH)
            .objective("multi:softprob")
            .classes(4)
            .with("booster", "gblinear"));
  }

  /** XGBoost before 1.5.2 wrote no {@code boosted_rounds}; 3.4 treats such a model as untrained. */
  @ParameterizedTest
  @ValueSource(strings = {"binary:logistic", "count:poisson", "reg:squarederror"})
  void linearBoosterOfUncountedRoundsHasTheBitsOfLibxgboost(String objective) throws Exception {
    String counted =
        new String(
            new Training(seed, WIDTH)
                .objective(objective)
                .with("booster", "gblinear")
                .with("base_score", 0.3)
                .file("json"),
            StandardCharsets.UTF_8);
    String uncounted = asOf151(counted.replaceFirst("\"boosted_rounds\":10,", ""));
    assertThat(uncounted).isNotEqualTo(counted);
    assertParity("json", uncounted.getBytes(StandardCharsets.UTF_8));
  }

  private static String asOf151(String model) {
    String older = model.replaceFirst("\"version\":\\[\\d+,\\d+,\\d+]", "\"version\":[1,5,1]");
    assertThat(older).isNotEqualTo(model);
    return older;
  }

  /** XGBoost 1.5.1 and older did not write it, and libxgboost then assumes 0. */
  @Test
  void linearBoosterWithoutItsNumberOfRoundsHasTheBitsOfLibxgboost() throws Exception {
    String model =
        new String(
            new Training(seed, WIDTH)
                .objective("binary:logistic")
                .with("booster", "gblinear")
                .file("json"),
            StandardCharsets.UTF_8);
    String older = asOf151(model.replaceFirst("\"boosted_rounds\":\\d+,", ""));
    assertThat(older).isNotEqualTo(model);
    assertParity("json", older.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void firstRoundsOfBoostedRandomForestsAreScored() throws Exception {
    byte[] file =
        new Training(seed, WIDTH)
            .objective("multi:softprob")
            .classes(3)
            .with("num_parallel_tree", 4)
            .with("subsample", 0.7)
            .rounds(6)
            .file("ubj");
    XgboostModel model = XgboostModel.read(file);
    float[] slots = Training.rows(new Random(seed), 500, WIDTH, 0.1);
    for (Rounds range : new Rounds[] {Rounds.ALL, new Rounds(6), new Rounds(2)}) {
      Engine reference = NativeBooster.load(file, model, range);
      Bits.assertEqual("seed " + seed, model.forest(range), reference, slots);
    }
  }

  @Test
  void leavesOfSeveralWeightsAddToAllOutputs() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("multi:softprob")
            .classes(4)
            .with("tree_method", "hist")
            .with("multi_strategy", "multi_output_tree"));
  }

  @Test
  void categoriesGoTheWayOfLibxgboost() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("binary:logistic")
            .categories(1, 5)
            .categories(3, 40)
            .categories(4, 300)
            .with("max_depth", 7)
            .with("tree_method", "hist")
            .with("max_cat_to_onehot", 6));
  }

  @Test
  void leafWiseTreesHaveTheBitsOfLibxgboost() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("reg:squarederror")
            .rows(20_000)
            .with("tree_method", "hist")
            .with("grow_policy", "lossguide")
            .with("max_leaves", 255)
            .with("max_depth", 0));
  }

  private void assertParity(Training training) throws Exception {
    for (String format : new String[] {"json", "ubj"}) {
      assertParity(format, training.file(format));
    }
  }

  private void assertParity(String format, byte[] file) throws Exception {
    XgboostModel model = XgboostModel.read(file);
    Forest forest = model.forest(Rounds.ALL);
    Engine reference = NativeBooster.load(file, model, Rounds.ALL);
    float[] slots = Training.rows(new Random(seed), ROWS, WIDTH, 0.1);
    for (int feature = 0; feature < WIDTH; feature++) {
      if (model.categorical(feature)) {
        Training.putCategories(new Random(seed + feature), slots, WIDTH, feature, 320);
        for (int bad = 0; bad < NO_CATEGORIES.length; bad++) {
          slots[bad * 7 * WIDTH + feature] = NO_CATEGORIES[bad];
        }
      }
    }

    String what = "%s, replay with -Dseed=%s".formatted(format, seed);
    Bits.assertEqual(what, forest, reference, slots);
    Ways.of(forest)
        .forEach((way, engine) -> Bits.assertEqual(way + ", " + what, engine, forest, slots));
  }
}
