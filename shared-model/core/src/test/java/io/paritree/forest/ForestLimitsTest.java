package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Seed;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Forests that are large, wide, mixed or odd, and callers that make mistakes. */
class ForestLimitsTest {
  private static final int FORESTS = Integer.getInteger("paritree.forests", 100) / 10;
  private static final long MAX_NANOS_OF_LAYOUT = 5_000_000_000L;

  private final long seed = Seed.next();
  private final RandomForests random = new RandomForests(seed);

  @Test
  void absentRowsLeaveNothingForTheNextCallOfAThread() {
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.trees = 60;
    shape.thresholdsPerFeature = 300;
    Forest numeric = random.forest(shape);
    shape.categorical = 1;
    Forest categorical = random.forest(shape);
    float[] slots = random.rows(numeric, Block.MAX_ROWS);
    float[] tooShort =
        Arrays.copyOf(random.rows(categorical, Block.MAX_ROWS), slots.length - shape.width);
    for (Engine way : Ways.of(categorical).values()) {
      assertThatThrownBy(() -> way.score(tooShort, Block.MAX_ROWS, new float[Block.MAX_ROWS], null))
          .isInstanceOf(IndexOutOfBoundsException.class);
      for (Engine next : Ways.of(numeric).values()) {
        Bits.assertEqual("seed " + seed, next, numeric, slots);
      }
    }
  }

  @Test
  void oneForestHoldsTreesOfVeryDifferentShapes() {
    for (int at = 0; at < FORESTS; at++) {
      RandomForests ofSeed = new RandomForests(seed + at);
      Forest forest = mixed(ofSeed, new Random(seed + at));
      FastForestTest.assertEqualInEveryWay(seed + at, forest, ofSeed.rows(forest, 70));
    }
  }

  /** Returns series of stumps, of full, ragged, deep and single-leaf trees, with vectors or not. */
  private static Forest mixed(RandomForests ofSeed, Random chosen) {
    int outputs = chosen.nextInt(3) == 0 ? 3 : 1;
    double vectors = outputs == 1 ? 0 : chosen.nextInt(3) * 0.5;
    double categorical = chosen.nextInt(3) * 0.3;
    List<Tree> trees = new ArrayList<>();
    for (int run = 1 + chosen.nextInt(9); run > 0; run--) {
      RandomForests.Shape shape = new RandomForests.Shape();
      shape.trees = 1 + chosen.nextInt(20);
      shape.maxDepth = new int[] {0, 1, 3, 6, 9, 12, 13, 50}[chosen.nextInt(8)];
      shape.maxLeaves = 1 + chosen.nextInt(400);
      shape.earlyLeaf = chosen.nextInt(3) * 0.3;
      shape.categorical = chosen.nextBoolean() ? categorical : 0;
      shape.outputs = outputs;
      shape.hasVectors = chosen.nextDouble() < vectors;
      trees.addAll(ofSeed.forest(shape).trees);
    }

    float[] weights = chosen.nextInt(3) == 0 ? new float[trees.size()] : null;
    int[] outputOf = new int[trees.size()];
    for (int tree = 0; tree < outputOf.length; tree++) {
      outputOf[tree] = chosen.nextInt(outputs);
      if (weights != null) {
        weights[tree] = chosen.nextFloat();
      }
    }

    int width = new RandomForests.Shape().width;
    return Forest.of(width, new float[outputs], trees, outputOf, weights, Transform.IDENTITY);
  }

  @Test
  void thousandsOfFeaturesAndOutputsAreScored() {
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.width = 5_000;
    shape.trees = 100;
    shape.earlyLeaf = 0;
    shape.categorical = 0.2;
    shape.thresholdsPerFeature = 3;
    Forest wide = random.forest(shape);
    FastForestTest.assertEqualInEveryWay(seed, wide, random.rows(wide, 66));

    shape.width = 10;
    shape.trees = 20;
    shape.outputs = 1_200;
    shape.hasVectors = true;
    Forest ofVectors = random.forest(shape);
    FastForestTest.assertEqualInEveryWay(seed, ofVectors, random.rows(ofVectors, 66));
  }

  @Test
  void manySetsOfManyCategoriesAreScored() {
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.width = 2;
    shape.trees = 150;
    shape.earlyLeaf = 0;
    shape.categorical = 0.95;
    shape.maxCategory = 300;
    Forest forest = random.forest(shape);
    FastForestTest.assertEqualInEveryWay(seed, forest, random.rows(forest, 200));
  }

  @Test
  void layoutTakesTimeInProportionToTheTrees() {
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.trees = 9;
    shape.maxDepth = 1;
    shape.earlyLeaf = 0;
    List<Tree> nine = new ArrayList<>(random.forest(shape).trees);
    shape.maxLeaves = 100;
    shape.trees = 1;
    nine.set(0, random.list(shape).trees.get(0));
    List<Tree> trees = new ArrayList<>();
    for (int turn = 0; turn < 50_000; turn++) {
      trees.addAll(nine);
    }

    Forest forest =
        Forest.of(shape.width, new float[1], trees, new int[trees.size()], null, shape.transform);
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    Engine fast = forest.fast();
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;

    assertThat(nanos).as("for %s trees", trees.size()).isLessThan(MAX_NANOS_OF_LAYOUT);
    Bits.assertEqual("seed " + seed, fast, forest, random.rows(forest, 3));
  }

  /** Otherwise a short file could claim any number of weights. */
  @Test
  void leavesThatShareARowOfWeightsAreRefused() {
    int[] left = {1, -1, -1};
    int[] right = {2, 1, 1};
    float[] vectors = new float[4];

    assertThatThrownBy(
            () ->
                new Tree(
                    left, right, new int[3], new float[3], new boolean[3], null, vectors, 2, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("leaf 2 has its weights in row 1, which another leaf has already");
  }
}
