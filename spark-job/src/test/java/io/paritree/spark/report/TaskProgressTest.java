package io.paritree.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TaskProgressTest {
  private static final OptionalLong ROWS = OptionalLong.of(1_000);

  @Test
  void remainingTimeIsShownOnlyWhenItIsKnown() {
    assertThat(TaskProgress.line(0, 0, 0, ROWS, 7)).isEqualTo("score: preparing the tasks");
    assertThat(TaskProgress.line(0, 4, 0, ROWS, 7)).isEqualTo("score: 0 of 4 tasks");
    assertThat(TaskProgress.line(1, 4, 0, ROWS, 7)).doesNotContain("left").contains("1 of 4 tasks");
    assertThat(TaskProgress.line(1, 4, 250, ROWS, 7)).endsWith("about 21 s left");
    assertThat(TaskProgress.line(1, 4, 250, OptionalLong.empty(), 7)).endsWith("about 21 s left");
    assertThat(TaskProgress.line(4, 4, 1_200, ROWS, 7)).doesNotContain("left");
  }
}
