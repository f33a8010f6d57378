package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoreBinsTest {
  @Test
  void binsAreInTheOrderOfTheirScores() {
    Random random = new Random(7);
    for (int row = 0; row < 100_000; row++) {
      double score = Math.scalb(random.nextGaussian(), random.nextInt(40) - 20);
      for (int bits : new int[] {12, ScoreBins.BITS, 24}) {
        int bin = ScoreBins.bin(score, bits);
        assertThat(ScoreBins.least(bin, bits)).isLessThanOrEqualTo((float) score);
        assertThat(ScoreBins.least(bin + 1, bits)).isGreaterThan((float) score);
      }

      assertThat(ScoreBins.bin(score, 24) >> 8).isEqualTo(ScoreBins.bin(score, ScoreBins.BITS));
    }

    assertThat(ScoreBins.bin(-0.0, ScoreBins.BITS)).isEqualTo(ScoreBins.bin(0.0, ScoreBins.BITS));
  }
}
