package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every fast way to score against {@link Forest}, the specification. */
class FastForestTest {
  private static final int FORESTS = Integer.getInteger("paritree.forests", 600);
  private static final int ROWS = 170;

  @Test
  void randomForestsHaveTheBitsOfTheSpecification() {
    long first = Seed.next();
    for (int forest = 0; forest < FORESTS; forest++) {
      long seed = first + forest;
      RandomForests random = new RandomForests(seed);
      Forest specification = random.forest(random.shape());
      assertAlike(seed, specification, random.rows(specification, ROWS));
    }
  }

  static void assertAlike(long seed, Forest specification, float[] slots) {
    Engine fast = specification.fast();
    String replay = "replay with -Dseed=" + seed;
    Bits.assertEqual(replay, fast, specification, slots);

    int width = specification.width();
    int rows = slots.length / width;
    float[] margins = new float[rows * specification.outputs()];
    float[] scores = new float[rows * specification.scores()];
    specification.score(slots, rows, margins, scores);

    float[] columns = new float[slots.length + 3 * width];
    int stride = rows + 3;
    for (int row = 0; row < rows; row++) {
      for (int feature = 0; feature < width; feature++) {
        columns[feature * stride + row] = slots[row * width + feature];
      }
    }

    float[] actual = new float[scores.length];
    fast.scoreColumns(columns, stride, rows, null, actual);
    Bits.assertBits("columns, " + replay, actual, scores);

    Random random = new Random(seed);
    for (int from = 0; from < rows; ) {
      int count = Math.min(rows - from, random.nextInt(4) == 0 ? 1 : random.nextInt(66));
      float[] some = new float[count * width];
      System.arraycopy(slots, from * width, some, 0, some.length);
      float[] someMargins = new float[count * specification.outputs()];
      fast.score(some, count, someMargins, null);
      float[] expected = new float[someMargins.length];
      System.arraycopy(margins, from * specification.outputs(), expected, 0, expected.length);
      Bits.assertBits("%s rows from %s, %s".formatted(count, from, replay), someMargins, expected);
      from += Math.max(1, count);
    }
  }

  @Test
  void noRowsAreNoWork() {
    Forest forest = new RandomForests(1).forest(new RandomForests.Shape());

    forest.fast().score(new float[0], 0, new float[0], new float[0]);
    forest.fast().scoreColumns(new float[0], 0, 0, null, null);
    assertThat(forest.fast().trees()).isEqualTo(10);
  }
}
