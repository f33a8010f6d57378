package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares several forests that score together with each forest alone. */
class JointEngineTest {
  private static final int FORESTS = Integer.getInteger("paritree.forests", 600) / 10;
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

  @Test
  void forestsScoreTogetherOnlyWhereThatIsLessWork() {
    RandomForests random = new RandomForests(1);
    RandomForests.Shape shape = new RandomForests.Shape();
    shape.width = 20;
    shape.trees = 60;
    shape.special = 0;
    shape.earlyLeaf = 0;
    Forest forest = random.forest(shape);
    Forest offset = forest.withOffsets(new float[] {0});
    shape.width++;
    Forest wider = random.forest(shape);
    shape.outputs = 2;
    shape.hasVectors = true;
    Forest vectors = random.forest(shape);

    assertThat(joint(forest, forest, forest)).isTrue();
    assertThat(joint(forest, wider)).isFalse();
    assertThat(joint(vectors, vectors)).isFalse();
    assertThat(joint(offset, offset)).isFalse();
    assertThat(JointEngine.of(List.of(forest, forest))).isEmpty(); // the specification
  }

  private static boolean joint(Forest... forests) {
    return JointEngine.of(Stream.of(forests).map(Forest::fast).toList()).isPresent();
  }
}
