package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.report.FailedException;
import java.io.IOException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class ScoringTriesTest {
  private static boolean mayBe(Exception failure) {
    return ScoringTries.mayBeOfChallengers(failure);
  }

  @Test
  void challengersMayBeWhyAnExecutorOrTheHeapIsGoneAndWhyBitsDiffer() {
    assertThat(mayBe(new SparkException("ExecutorLostFailure", null))).isTrue();
    assertThat(mayBe(new SparkException("a task", new OutOfMemoryError("heap")))).isTrue();
    assertThat(mayBe(new FailedException("other bits", null))).isTrue();
    assertThat(mayBe(new IllegalStateException("no plan"))).isTrue();
  }

  @Test
  void challengersAreNotWhyATaskHasThrownOrTheDiskIsFull() {
    assertThat(mayBe(new SparkException("a task", new IOException("disk full")))).isFalse();
    assertThat(mayBe(new SparkException("a task", new IllegalStateException()))).isFalse();
    assertThat(mayBe(new IOException("disk full"))).isFalse();
  }
}
