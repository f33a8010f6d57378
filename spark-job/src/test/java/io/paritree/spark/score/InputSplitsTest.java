package io.paritree.spark.score;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A small input has few tasks; a large input has large tasks, but several for every core. */
class InputSplitsTest {
  private static final long MIB = 1L << 20;

  @Test
  void littleInputIsOneTask() {
    assertThat(InputSplits.leastTasks(0, 32)).isEqualTo(1);
    assertThat(InputSplits.leastTasks(8 * MIB - 1, 32)).isEqualTo(1);
    assertThat(InputSplits.leastTasks(80 * MIB, 32)).isEqualTo(10);
    assertThat(InputSplits.leastTasks(10_000 * MIB, 32)).isEqualTo(32);
  }

  @Test
  void eachCoreHasFourTasksWhereTheyAreNeitherSmallNorHuge() {
    assertThat(InputSplits.mostBytes(400 * MIB, 2)).isEqualTo(64 * MIB);
    assertThat(InputSplits.mostBytes(4_000 * MIB, 2)).isEqualTo(500 * MIB);
    assertThat(InputSplits.mostBytes(4_000 * MIB, 32)).isEqualTo(64 * MIB);
    assertThat(InputSplits.mostBytes(1_000_000 * MIB, 32)).isEqualTo(1_024 * MIB);
  }
}
