package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares several forests that score together with each forest alone. */
class JointEngineTest {
  private static final int FORESTS = Integer.getInteger("paritree.forests", 600) / 15;
  private static final int ROWS = 300;

  @Test
  void rowsHaveTheBitsThatEachForestGivesThemAlone() {
    long first = Seed.next();
    int tried = 0;
    for (int turn = 0; turn < FORESTS; turn++) {
      long seed = first + turn;
      RandomForests random = new RandomForests(seed);
      List<Forest> forests = new ArrayList<>();
      RandomForests.Shape shape = random.shape();
      for (int count = 1 + turn % 4; count >= 0; count--) {
        int width = shape.width;
        shape = random.shape();
        shape.width = width;
        shape.hasVectors = false;
        forests.add(random.forest(shape));
      }

      Forest joint = JointEngine.joint(forests);
      float[] slots = random.rows(joint, ROWS);
      for (Engine way : Ways.of(joint).values()) {
        tried++;
        assertSameBits(seed, new JointEngine(forests, way), forests, slots);
      }
    }

    assertThat(tried).isGreaterThan(FORESTS);
  }

  private static void assertSameBits(
      long seed, JointEngine joint, List<Forest> forests, float[] slots) {
    String replay = "replay with -Dseed=" + seed;
    int width = forests.get(0).width();
    int stride = ROWS + 5;
    float[] columns = new float[stride * width];
    for (int row = 0; row < ROWS; row++) {
      for (int slot = 0; slot < width; slot++) {
        columns[slot * stride + row] = slots[row * width + slot];
      }
    }

    for (int rows : new int[] {1, 40, ROWS}) {
      List<float[]> margins = new ArrayList<>();
      List<float[]> scores = new ArrayList<>();
      forests.forEach(forest -> margins.add(new float[rows * forest.outputs()]));
      forests.forEach(forest -> scores.add(new float[rows * forest.scores()]));
      joint.scoreColumns(columns, stride, rows, margins, scores);
      for (int at = 0; at < forests.size(); at++) {
        float[] ownMargins = new float[margins.get(at).length];
        float[] ownScores = new float[scores.get(at).length];
        forests.get(at).score(slots, rows, ownMargins, ownScores);
        Bits.assertBits("margins, " + replay, margins.get(at), ownMargins);
        Bits.assertBits("scores, " + replay, scores.get(at), ownScores);
      }
    }
  }

  private static RandomForests.Shape shape(int width, int trees) {
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.width = width;
    shape.trees = trees;
    shape.special = 0;
    shape.earlyLeaf = 0;
    return shape;
  }

  @Test
  void forestsScoreTogetherOnlyWhereThatIsLessWork() {
    RandomForests random = new RandomForests(1);
    RandomForests.Shape shape = shape(20, 60);
    Forest forest = random.forest(shape);
    Forest offset = forest.withOffsets(new float[] {0});
    Forest large = random.forest(shape(20, 1_000)); // with another one, of too many leaves
    shape.outputs = 2;
    shape.hasVectors = true;
    Forest vectors = random.forest(shape);

    assertThat(joining(forest, forest, forest).members()).containsExactly(0, 1, 2);
    assertThat(joining(vectors, vectors).engine()).isEmpty();
    assertThat(joining(offset, offset).engine()).isEmpty();
    assertThat(joining(forest, large).apart().get(0).why()).contains("no other model");
    assertThat(Joining.of(List.of(forest, forest)).engine()).isEmpty(); // the specification

    Joining some = joining(forest, large, forest, vectors, forest);
    assertThat(some.members()).containsExactly(0, 2, 4);
    assertThat(some.apart().keySet()).containsExactly(1, 3);
    assertThat(some.apart().values()).noneMatch(Joining.Apart::isFault);
    assertThat(some.apart().get(1).why()).contains("no less work");
    assertThat(some.apart().get(3).why()).contains("cannot be shared");
  }

  private static Joining joining(Forest... forests) {
    return Joining.of(engines(forests));
  }

  private static List<Engine> engines(Forest... forests) {
    return Stream.of(forests).map(Forest::fast).toList();
  }

  @Test
  void forestsThatHaveOtherBitsTogetherScoreByThemselvesAndItIsSaidHowTheyDiffer() {
    Forest forest = new RandomForests(2).forest(shape(20, 60));
    List<Engine> engines = engines(forest, forest);

    Joining right = Joining.of(engines, layout -> new TurnedEngine(layout.forest));
    Joining wrong = Joining.of(engines, layout -> new TurnedEngine(layout.forest).turn());

    assertThat(right.engine()).isPresent();
    assertThat(wrong.engine()).isEmpty();
    assertThat(wrong.members()).isEmpty();
    assertThat(wrong.apart().keySet()).containsExactly(0, 1);
    assertThat(wrong.apart().get(1).isFault()).isTrue();
    assertThat(wrong.apart().get(1).why())
        .startsWith("as one with others it has other bits: margin is ")
        .contains("(0x");
  }

  /** A leaf of each tree in turn is another number: the rows that are tried meet nearly all. */
  @Test
  void aSingleWrongLeafIsSeenInNearlyEveryTree() {
    Forest forest = new RandomForests(3).forest(shape(20, 60));
    List<Engine> engines = engines(forest, forest);
    int tried = 0;
    int seen = 0;
    for (int tree = 0; tree < forest.trees(); tree += 7) {
      int wrong = tree;
      Joining joined = Joining.of(engines, layout -> withWrongLeaf(layout.forest, wrong).fast());
      seen += joined.engine().isEmpty() ? 1 : 0;
      tried++;
    }

    assertThat(seen).isGreaterThanOrEqualTo(tried - 1);
  }

  private static Forest withWrongLeaf(Forest forest, int index) {
    List<Tree> trees = new ArrayList<>(forest.trees);
    Tree tree = trees.get(index);
    float[] value = tree.value.clone();
    int leaf = 0;
    while (!tree.isLeaf(leaf)) {
      leaf = index % 2 == 0 ? tree.left[leaf] : tree.right[leaf];
    }

    value[leaf] = Math.nextUp(value[leaf] + 1);
    trees.set(
        index,
        new Tree(
            tree.left,
            tree.right,
            tree.feature,
            value,
            tree.missingGoesLeft,
            tree.categories,
            tree.leafVectors,
            tree.outputs(),
            null));
    return Forest.of(
        forest.modelWidth, forest.base, trees, forest.outputOf, forest.weights, forest.transform);
  }

  @Test
  void theLargestForestsThatScoreTogetherTakeAFewMegabytes() {
    RandomForests.Shape shape = shape(100, 510);
    shape.thresholdsPerFeature = 80;
    Forest forest = new RandomForests(4).forest(shape);
    Joining joined = joining(forest, forest);
    assertThat(joined.members()).as("%s", joined.apart()).hasSize(2);

    long bytes = RetainedBytes.of(joined.engine().orElseThrow(), Forest.class, Tree.class);

    assertThat(forest.trees.stream().mapToLong(Tree::leaves).sum()).isGreaterThan(25_000);
    assertThat(bytes).isBetween(500_000L, Joining.MOST_BYTES / 2); // wide slices are made later
  }
}
