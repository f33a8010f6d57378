package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which rows are scored again. */
class RowChoiceTest {
  private static final int ROWS = 1_000_000;

  private final long seed = Seed.next();

  /** Returns the chosen rows of many, in blocks of random sizes up to a limit. */
  private List<Integer> chosen(double share, int largestBlock) {
    RowChoice choice = new RowChoice(share, seed);
    Random random = new Random(largestBlock);
    List<Integer> all = new ArrayList<>();
    for (int from = 0, rows; from < ROWS; from += rows) {
      rows = Math.min(1 + random.nextInt(largestBlock), ROWS - from);
      for (int place : choice.of(rows)) {
        assertThat(place).isBetween(0, rows - 1);
        all.add(from + place);
      }
    }

    return all;
  }

  @Test
  void aSeedChoosesTheSameShareOfRowsInBlocksOfAnySize() {
    List<Integer> chosen = chosen(0.001, 1);

    // 1,000 are expected, with a standard deviation of 32.
    assertThat(chosen.size()).as("seed %s", seed).isBetween(800, 1_200);
    assertThat(chosen).isSorted().doesNotHaveDuplicates();
    assertThat(chosen(0.001, 100)).as("seed %s", seed).isEqualTo(chosen);
    assertThat(chosen(0.001, 100_000)).as("seed %s", seed).isEqualTo(chosen);
  }

  @Test
  void theFirstRowIsChosenAsOftenAsAnyOther() {
    Random random = new Random(seed);
    long first =
        IntStream.range(0, 20_000)
            .filter(task -> new RowChoice(0.25, random.nextLong()).of(1).length == 1)
            .count();

    // 5,000 are expected, with a standard deviation of 61.
    assertThat(first).as("seed %s", seed).isBetween(4_600L, 5_400L);
  }

  @Test
  void noRowIsChosenForNothingAndEachForAll() {
    assertThat(chosen(0, 4_096)).isEmpty();
    assertThat(chosen(1, 4_096)).hasSize(ROWS);
  }
}
