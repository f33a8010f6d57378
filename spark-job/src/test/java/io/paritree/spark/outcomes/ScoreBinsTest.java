package io.paritree.spark.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScoreBinsTest {
  @Test
  void binsAreInTheOrderOfTheirScoresWhateverTheOrderInWhichTheyCome() {
    Random random = new Random(7);
    ScoreBins bins = new ScoreBins();
    TreeMap<Integer, Long> expected = new TreeMap<>();
    for (int row = 0; row < 100_000; row++) {
      double score = Math.scalb(random.nextGaussian(), random.nextInt(40) - 20);
      int bin = ScoreBins.bin(score);
      assertThat(ScoreBins.least(bin)).isLessThanOrEqualTo((float) score);
      assertThat(ScoreBins.least(bin + 1)).isGreaterThan((float) score);
      bins.add(bin, 1);
      bins.add(bin + 1, 0);
      expected.merge(bin, 1L, Long::sum);
    }

    TreeMap<Integer, Long> found = new TreeMap<>();
    int[] last = {Integer.MIN_VALUE};
    bins.forEach(
        (bin, scores) -> {
          assertThat(bin).isGreaterThan(last[0]);
          last[0] = bin;
          found.put(bin, scores);
        });
    assertThat(found).isEqualTo(expected);
    assertThat(bins.total()).isEqualTo(100_000);
    assertThat(bins.of(expected.lastKey() + 1)).isZero();
  }
}
