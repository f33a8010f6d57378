package io.paritree.forest.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Seed;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.RandomForests;
import io.paritree.forest.RetainedBytes;
import io.paritree.forest.Transform;
import io.paritree.forest.Tree;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contributions against the definition: a sum over all sets of known features. */
class ShapleyTest {
  private static final int FORESTS = Math.max(12, Integer.getInteger("paritree.forests", 0) / 20);
  private static final int ROWS = 20;

  private final long seed = Seed.next();
  private final RandomForests random = new RandomForests(seed);

  @ParameterizedTest
  @EnumSource
  void contributionsAreShapleyValues(ContributionMode mode) {
    for (int count = 0; count < FORESTS; count++) {
      Forest forest = randomForest();
      float[] slots = random.rows(forest, ROWS);
      float[] actual = explain(forest, mode, slots);

      Contributions.assertClose(
          "forest %s of -Dseed=%s".formatted(count, seed),
          forest,
          actual,
          byDefinition(forest, slots, true));
    }
  }

  /** The planted fault: a known feature follows the covers, an unknown one the row. */
  @ParameterizedTest
  @EnumSource
  void exchangeOfFollowedAndNotIsFound(ContributionMode mode) {
    assertThatThrownBy(
            () -> {
              for (int count = 0; count < FORESTS; count++) {
                Forest forest = randomForest();
                float[] slots = random.rows(forest, ROWS);
                Contributions.assertClose(
                    "", forest, explain(forest, mode, slots), byDefinition(forest, slots, false));
              }
            })
        .isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @EnumSource
  void contributionsAndBaseAddUpToTheMargin(ContributionMode mode) {
    for (int count = 0; count < FORESTS; count++) {
      RandomForests.Shape shape = random.shape();
      Forest forest = random.forest(shape);
      Engine engine = forest.fast();
      float[] slots = random.rows(forest, ROWS);
      float[] actual = explain(forest, mode, slots);
      float[] margins = new float[ROWS * forest.outputs()];
      engine.score(slots, ROWS, margins, null);

      int columns = forest.width() + 1;
      for (int at = 0; at < margins.length; at++) {
        double sum = 0;
        double size = 1;
        for (int column = 0; column < columns; column++) {
          sum += actual[at * columns + column];
          size += Math.abs(actual[at * columns + column]);
        }

        assertThat(sum)
            .as("forest %s of -Dseed=%s, margin %s", count, seed, at)
            .isCloseTo(margins[at], Offset.offset(2e-5 * size));
      }
    }
  }

  /** Blocks of 1, of some and of many rows, row after row and feature after feature. */
  @ParameterizedTest
  @EnumSource
  void rowDependsOnNothingButItself(ContributionMode mode) {
    for (int count = 0; count < FORESTS / 3; count++) {
      Forest forest = random.forest(random.shape());
      int rows = 700;
      int width = forest.width();
      float[] slots = random.rows(forest, rows);
      Explainer explainer = Explainer.of(forest, mode);
      float[] expected = explain(forest, mode, slots);
      String what = "forest %s of -Dseed=%s".formatted(count, seed);

      float[] columns = new float[width * (rows + 3)];
      for (int at = 0; at < slots.length; at++) {
        columns[at % width * (rows + 3) + at / width] = slots[at];
      }

      float[] actual = new float[expected.length];
      explainer.explainColumns(columns, rows + 3, rows, actual);
      assertThat(actual).as(what).isEqualTo(expected);

      int size = explainer.contributions();
      for (int length : new int[] {1, 65, 300}) {
        for (int row = 0; row + length <= rows; row += 97) {
          float[] some = Arrays.copyOfRange(slots, row * width, (row + length) * width);
          float[] ofSome = new float[length * size];
          explainer.explain(some, length, ofSome);
          assertThat(ofSome)
              .as(what)
              .isEqualTo(Arrays.copyOfRange(expected, row * size, (row + length) * size));
        }
      }
    }
  }

  /** Where both shares of a split do not add up to 1, or sums could overflow, fast is exact. */
  @Test
  void fastModeIsForForestsOfWholeSharesAndModerateWeights() {
    for (int count = 0; count < FORESTS; count++) {
      assertThat(Explainer.of(randomForest(), ContributionMode.FAST))
          .as("forest %s of -Dseed=%s", count, seed)
          .isInstanceOf(FastExplainer.class);
    }

    for (float[] covers : new float[][] {{8f, 4f, 4.001f}, {8f, 0f, 0f}, {1f, 3e38f, 3e38f}}) {
      assertThat(Explainer.of(forest(stump(covers, 1f)), ContributionMode.FAST))
          .isInstanceOfAny(ExactExplainer.class, UnusualExplainer.class);
    }

    float[] covers = {8f, 4f, 4f};
    assertThat(Explainer.of(forest(stump(covers, 3e38f)), ContributionMode.FAST))
        .isInstanceOfAny(ExactExplainer.class, UnusualExplainer.class);
    assertThat(Explainer.of(forest(stump(covers, 1e9f)), ContributionMode.FAST))
        .isInstanceOf(FastExplainer.class);
  }

  private static Tree stump(float[] covers, float weight) {
    return stump(false, null, covers, weight);
  }

  /** A tree of one split and two leaves; null categories if it has a threshold. */
  private static Tree stump(
      boolean missingGoesLeft, int[][] categories, float[] covers, float weight) {
    return new Tree(
        new int[] {1, -1, -1},
        new int[] {2, -1, -1},
        new int[3],
        new float[] {0f, weight, -weight},
        new boolean[] {missingGoesLeft, false, false},
        categories,
        null,
        1,
        covers);
  }

  private static Forest forest(Tree... trees) {
    return Forest.of(
        1, new float[1], List.of(trees), new int[trees.length], null, Transform.IDENTITY);
  }

  /** Categories that are far apart are searched, others looked up. */
  @Test
  void setOfCategoriesSendsEachRankWhereTheTreeSendsItsSlot() {
    int[][] sets = {{0}, {1, 62, 63, 64}, {2, 511}, {7, 100_000}, {Tree.MAX_CATEGORIES - 1}};
    float[] slots = {
      Float.NaN,
      -1f,
      -0.5f,
      0f,
      0.9f,
      1f,
      2f,
      7f,
      61f,
      62f,
      63f,
      64f,
      65f,
      511f,
      512f,
      1_000f,
      100_000f,
      100_001f,
      Tree.MAX_CATEGORIES - 1,
      Tree.MAX_CATEGORIES,
      3e9f,
      Float.POSITIVE_INFINITY
    };
    for (int[] set : sets) {
      for (boolean missingGoesLeft : new boolean[] {true, false}) {
        Tree tree = stump(missingGoesLeft, new int[][] {set, null, null}, null, 0f);
        for (float slot : slots) {
          assertThat(Ranks.CategorySet.of(tree, 0).goesLeft(Ranks.ofCategory(slot)) == 1)
              .as("slot %s, categories %s", slot, Arrays.toString(set))
              .isEqualTo(tree.goesLeft(0, slot));
        }
      }
    }
  }

  @Test
  void bytesToMakeAreNoLessThanThoseThatAreKept() {
    for (int count = 0; count < FORESTS; count++) {
      Forest forest = random.forest(random.shape());
      for (ContributionMode mode : ContributionMode.values()) {
        assertThat(RetainedBytes.of(Explainer.of(forest, mode), Forest.class, Tree.class))
            .as("forest %s of -Dseed=%s, %s", count, seed, mode)
            .isLessThanOrEqualTo(Explainer.bytesToMake(forest) + 20_000);
      }
    }
  }

  @Test
  void modelWithoutCoversIsRefused() {
    assertRefused(
        stump(null, 0f), "tree 1 has no sum_hessian, which says how much of the training data");
    for (float cover : new float[] {-1f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRefused(
          stump(new float[] {3f, cover, 1f}, 0f), "node 1 of tree 1 has the sum_hessian " + cover);
    }
  }

  private void assertRefused(Tree tree, String message) {
    Tree leaf =
        new Tree(
            new int[] {-1},
            new int[] {-1},
            new int[1],
            new float[1],
            new boolean[1],
            null,
            null,
            1,
            null);
    Forest forest = forest(leaf, tree);
    for (ContributionMode mode : ContributionMode.values()) {
      assertThatThrownBy(() -> Explainer.of(forest, mode))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(message);
    }
  }

  private Forest randomForest() {
    RandomForests.Shape shape = random.shape();
    shape.width = 1 + (shape.width - 1) % 5;
    shape.trees = Math.min(shape.trees, 6);
    shape.maxLeaves = Math.min(shape.maxLeaves, 40);
    return random.forest(shape);
  }

  private static float[] explain(Forest forest, ContributionMode mode, float[] slots) {
    Explainer explainer = Explainer.of(forest, mode);
    int rows = slots.length / forest.width();
    float[] contributions = new float[rows * explainer.contributions()];
    explainer.explain(slots, rows, contributions);
    return contributions;
  }

  private static float[] byDefinition(Forest forest, float[] slots, boolean knownFollow) {
    int width = forest.width();
    int rows = slots.length / width;
    float[] all = new float[rows * forest.outputs() * (width + 1)];
    int to = 0;
    for (int row = 0; row < rows; row++) {
      float[] own = Arrays.copyOfRange(slots, row * width, (row + 1) * width);
      for (int output = 0; output < forest.outputs(); output++) {
        double[] values = new double[1 << width];
        for (int known = 0; known < values.length; known++) {
          values[knownFollow ? known : values.length - 1 - known] =
              value(forest, output, own, known);
        }

        for (int feature = 0; feature < width; feature++) {
          all[to++] = (float) shapley(values, width, feature);
        }

        all[to++] = (float) (values[0] + forest.begin(own, 0, 1, output));
      }
    }

    return all;
  }

  private static double shapley(double[] values, int width, int feature) {
    double sum = 0;
    for (int known = 0; known < values.length; known++) {
      if ((known >> feature & 1) == 0) {
        int size = Integer.bitCount(known);
        double orders = factorial(size) * factorial(width - 1 - size) / factorial(width);
        sum += orders * (values[known | 1 << feature] - values[known]);
      }
    }

    return sum;
  }

  private static double factorial(int of) {
    return of < 2 ? 1 : of * factorial(of - 1);
  }

  /** Returns the mean of the trees for rows that have the known slots. */
  private static double value(Forest forest, int output, float[] slots, int known) {
    double sum = 0;
    for (int index = 0; index < forest.trees(); index++) {
      Tree tree = forest.tree(index);
      if (tree.outputs() > 1) {
        sum += forest.factor(index) * value(tree, 0, output, slots, known);
      } else if (forest.outputOf(index) == output) {
        sum += forest.factor(index) * value(tree, 0, 0, slots, known);
      }
    }

    return sum;
  }

  private static double value(Tree tree, int node, int output, float[] slots, int known) {
    if (tree.isLeaf(node)) {
      return tree.weight(node, output);
    }

    int feature = tree.feature(node);
    double left = value(tree, tree.left(node), output, slots, known);
    double right = value(tree, tree.right(node), output, slots, known);
    if ((known >> feature & 1) != 0) {
      return tree.goesLeft(node, slots[feature]) ? left : right;
    }

    double cover = tree.cover(node);
    return cover == 0
        ? (left + right) / 2
        : (left * tree.cover(tree.left(node)) + right * tree.cover(tree.right(node))) / cover;
  }
}
