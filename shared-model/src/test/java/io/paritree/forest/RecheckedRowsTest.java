package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.forest.RecheckedRows.Difference;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows are scored again as they were, and a row of which any bit differs is named. */
class RecheckedRowsTest {
  private static final int ROWS = 200;

  private final long seed = Seed.next();
  private final RandomForests random = new RandomForests(seed);
  private final Forest forest = random.forest(random.shape());

  private List<Difference> differences(Engine engine, boolean hasMargins, boolean isByColumns) {
    float[] slots = random.rows(forest, ROWS);
    int width = forest.width();
    float[] margins = hasMargins ? new float[ROWS * forest.outputs()] : null;
    float[] scores = new float[ROWS * forest.scores()];
    int[] places = IntStream.range(0, ROWS).filter(row -> row % 3 == 1).toArray();
    if (!isByColumns) {
      engine.score(slots, ROWS, margins, scores);
      return RecheckedRows.of(places, engine, slots, width, 1, margins, scores).differences(forest);
    }

    int stride = ROWS + 5;
    float[] columns = new float[stride * width];
    for (int at = 0; at < slots.length; at++) {
      columns[at % width * stride + at / width] = slots[at];
    }

    engine.scoreColumns(columns, stride, ROWS, margins, scores);
    return RecheckedRows.of(places, engine, columns, 1, stride, margins, scores)
        .differences(forest);
  }

  @Test
  void theFastEngineDiffersNowhere() {
    for (boolean hasMargins : new boolean[] {true, false}) {
      for (boolean isByColumns : new boolean[] {true, false}) {
        assertThat(differences(forest.fast(), hasMargins, isByColumns))
            .as("seed %s", seed)
            .isEmpty();
      }
    }
  }

  /** An engine that changes one bit of one value of some rows of a block. */
  private final class Flipping extends ShapedEngine {
    private final Engine engine = forest.fast();
    private final boolean flipsMargins;
    private final List<Integer> flipped;

    Flipping(boolean flipsMargins, List<Integer> flipped) {
      super(forest);
      this.flipsMargins = flipsMargins;
      this.flipped = flipped;
    }

    @Override
    public void score(float[] slots, int rows, float[] margins, float[] scores) {
      engine.score(slots, rows, margins, scores);
      float[] values = flipsMargins ? margins : scores;
      for (int row : flipped) {
        int last = (row + 1) * (flipsMargins ? outputs() : scores()) - 1;
        values[last] = Float.intBitsToFloat(Float.floatToIntBits(values[last]) ^ 1);
      }
    }

    @Override
    public void leaves(float[] slots, int rows, int[] leaves) {
      engine.leaves(slots, rows, leaves);
    }
  }

  @Test
  void oneBitOfAnyMarginOrScoreIsFoundAndItsRowNamed() {
    for (boolean flipsMargins : new boolean[] {true, false}) {
      List<Difference> found =
          differences(new Flipping(flipsMargins, List.of(4, 5, 10)), true, false);

      assertThat(found).as("seed %s", seed).extracting(Difference::place).containsExactly(4, 10);
      assertThat(found.get(0).values())
          .matches(
              (flipsMargins ? "margin" : "score")
                  + "( [0-9]+)? is \\S+ \\(0x[0-9a-f]+\\), and \\S+ \\(0x[0-9a-f]+\\) scored again");
    }
  }
}
