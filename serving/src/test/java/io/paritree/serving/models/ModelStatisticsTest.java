package io.paritree.serving.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.serving.models.ModelStatistics.Inference;
import org.junit.jupiter.api.Test;

/** Callers choose the sizes of their batches, and cannot fill the memory with them. */
class ModelStatisticsTest {
  @Test
  void atMostAThousandSizesAreToldApart() {
    ModelStatistics statistics = new ModelStatistics();
    for (int rows = 0; rows < 1_500; rows++) {
      try (Inference inference = statistics.begin(7)) {
        inference.read();
        inference.scored();
        inference.answered(rows);
      }
    }

    assertThat(statistics.bySize()).hasSize(1_001).containsKey(1);
    assertThat(statistics.ofOtherSizes().scoring().getCount()).isEqualTo(499);
    assertThat(statistics.rows()).isEqualTo(1_499L * 1_500 / 2);
    assertThat(statistics.waiting().getSum()).isEqualTo(7 * 1_500);
  }
}
