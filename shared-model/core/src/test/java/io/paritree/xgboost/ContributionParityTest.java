package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.forest.Bits;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Contributions;
import io.paritree.forest.explain.Explainer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contributions against {@code predictContrib}, on models that XGBoost4J trains. */
class ContributionParityTest {
  private static final int WIDTH = 7;
  private static final int ROWS = Math.max(150, Integer.getInteger("paritree.rows", 0) / 200);

  private final long seed = Seed.next();

  private Training binary() {
    return new Training(seed, WIDTH).objective("binary:logistic");
  }

  @ParameterizedTest
  @ValueSource(strings = {"binary:logistic", "reg:squarederror", "count:poisson", "rank:pairwise"})
  void oneOutput(String objective) throws Exception {
    assertParity(new Training(seed, WIDTH).objective(objective).with("max_depth", 6));
  }

  @Test
  void classes() throws Exception {
    assertParity(new Training(seed, WIDTH).objective("multi:softprob").classes(5));
  }

  @Test
  void severalTargets() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("reg:quantileerror")
            .with("quantile_alpha", "[0.2,0.5,0.9]"));
  }

  @Test
  void leavesOfSeveralWeights() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("multi:softprob")
            .classes(4)
            .with("tree_method", "hist")
            .with("multi_strategy", "multi_output_tree"));
  }

  @Test
  void categoriesSeenAndUnseen() throws Exception {
    assertParity(
        binary()
            .categories(1, 5)
            .categories(3, 40)
            .categories(4, 300)
            .with("max_depth", 7)
            .with("tree_method", "hist")
            .with("max_cat_to_onehot", 6));
  }

  @Test
  void droppedTreesOfDart() throws Exception {
    assertParity(binary().with("booster", "dart").with("rate_drop", 0.3).rounds(20));
  }

  @Test
  void randomForest() throws Exception {
    assertParity(
        new Training(seed, WIDTH)
            .objective("multi:softprob")
            .classes(3)
            .with("num_parallel_tree", 4)
            .with("subsample", 0.7)
            .rounds(3));
  }

  /** More than fit into one group of those that are computed together. */
  @Test
  void manyTrees() throws Exception {
    byte[] file =
        new Training(seed, WIDTH)
            .objective("reg:squarederror")
            .rows(6_000)
            .with("max_depth", 7)
            .rounds(90)
            .file("ubj");
    Forest forest = XgboostModel.read(file).forest(Rounds.ALL);
    int leaves = IntStream.range(0, forest.trees()).map(at -> forest.tree(at).leaves()).sum();
    assertThat(leaves).isGreaterThan(5_000);
    assertParity(file, Rounds.ALL);
  }

  @Test
  void leafWiseTrees() throws Exception {
    Training training =
        new Training(seed, 25)
            .objective("reg:squarederror")
            .rows(20_000)
            .rounds(5)
            .with("tree_method", "hist")
            .with("grow_policy", "lossguide")
            .with("max_leaves", 255)
            .with("max_depth", 0);
    assertParity(training);
  }

  @Test
  void deepTreesOfManyFeatures() throws Exception {
    assertParity(
        new Training(seed, 40)
            .objective("binary:logistic")
            .rounds(3)
            .with("max_depth", 14)
            .with("min_child_weight", 0));
  }

  @Test
  void linearBooster() throws Exception {
    assertParity(binary().with("booster", "gblinear"));
    assertParity(
        new Training(seed, WIDTH)
            .objective("multi:softprob")
            .classes(4)
            .with("booster", "gblinear"));
  }

  @Test
  void treesOfOneLeaf() throws Exception {
    byte[] file = binary().with("gamma", 1e9).rounds(5).file("json");
    assertThat(XgboostModel.read(file).forest(Rounds.ALL).tree(0).leaves()).isEqualTo(1);
    assertParity(file, Rounds.ALL);
  }

  @Test
  void firstRounds() throws Exception {
    byte[] file = binary().with("num_parallel_tree", 2).rounds(8).file("ubj");
    assertParity(file, new Rounds(5));
    byte[] classes =
        new Training(seed, WIDTH).objective("multi:softprob").classes(3).rounds(6).file("ubj");
    assertParity(classes, new Rounds(2));
  }

  /** As after a refresh of the trees with other data. One value seldom, several more often. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0E0",
        "1E-30",
        "3.4E38",
        "1E-30 1E20",
        "0E0 1E-38 1E-30 1E-3 1E9 1E20 1E37 3.4E38"
      })
  void coversThatAreNoShares(String covers) throws Exception {
    String model = new String(binary().with("max_depth", 5).file("json"), StandardCharsets.UTF_8);
    String[] values = covers.split(" ");
    Random random = new Random(seed);
    StringBuilder changed = new StringBuilder();
    int from = 0;
    for (int at = model.indexOf("\"sum_hessian\":["); at >= 0; ) {
      int end = model.indexOf(']', at);
      changed.append(model, from, at).append("\"sum_hessian\":[");
      String[] ofTree = model.substring(at + "\"sum_hessian\":[".length(), end).split(",");
      for (int node = 0; node < ofTree.length; node++) {
        boolean isChanged = random.nextInt(12) < values.length;
        ofTree[node] = isChanged ? values[random.nextInt(values.length)] : ofTree[node];
      }

      changed.append(String.join(",", ofTree));
      from = end;
      at = model.indexOf("\"sum_hessian\":[", end);
    }

    assertParity(
        changed.append(model.substring(from)).toString().getBytes(StandardCharsets.UTF_8),
        Rounds.ALL);
  }

  @Test
  void allCoversZero() throws Exception {
    String model = new String(binary().with("max_depth", 5).file("json"), StandardCharsets.UTF_8);
    String zero =
        Pattern.compile("\"sum_hessian\":\\[[^\\]]*]")
            .matcher(model)
            .replaceAll(found -> found.group().replaceAll("[0-9.E+-]+(?=[,\\]])", "0E0"));
    assertThat(zero).contains("\"sum_hessian\":[0E0,0E0");
    assertParity(zero.getBytes(StandardCharsets.UTF_8), Rounds.ALL);
  }

  private void assertParity(Training training) throws Exception {
    byte[] file = training.file("ubj");
    assertParity(file, Rounds.ALL);
  }

  private void assertParity(byte[] file, Rounds range) throws Exception {
    XgboostModel model = XgboostModel.read(file);
    Forest forest = model.forest(range);
    float[] slots = rows(model);
    int rows = slots.length / model.width();
    NativeBooster reference = NativeBooster.load(file, model, range);
    float[] expected = new float[rows * reference.contributions()];
    reference.explain(slots, rows, expected);

    Explainer exact = Explainer.of(forest, ContributionMode.EXACT);
    float[] actual = new float[expected.length];
    exact.explain(slots, rows, actual);
    Bits.assertBits("replay with -Dseed=" + seed, actual, expected);
    assertSameBitsOneByOne(exact, slots, actual);

    Explainer fast = Explainer.of(forest, ContributionMode.FAST);
    fast.explain(slots, rows, actual);
    Contributions.assertClose("replay with -Dseed=" + seed, forest, actual, expected);
    assertSameBitsOneByOne(fast, slots, actual);
  }

  private void assertSameBitsOneByOne(Explainer explainer, float[] slots, float[] expected) {
    int size = explainer.contributions();
    float[] one = new float[size];
    for (int row = 0; row < 20; row++) {
      int at = row * explainer.width();
      explainer.explain(Arrays.copyOfRange(slots, at, at + explainer.width()), 1, one);
      float[] ofBlock = Arrays.copyOfRange(expected, row * size, (row + 1) * size);
      Bits.assertBits("row %s, replay with -Dseed=%s".formatted(row, seed), one, ofBlock);
    }
  }

  /** The first row is missing in every column. */
  private float[] rows(XgboostModel model) {
    float[] slots = Training.rows(new Random(seed), ROWS, model.width(), 0.1);
    for (int feature = 0; feature < model.width(); feature++) {
      if (model.categorical(feature)) {
        Training.putCategories(new Random(seed + feature), slots, model.width(), feature, 320);
        slots[model.width() + feature] = -1f;
        slots[2 * model.width() + feature] = 3.7f;
        slots[3 * model.width() + feature] = 17e6f;
      }
    }

    Arrays.fill(slots, 0, model.width(), Float.NaN);
    return slots;
  }
}
