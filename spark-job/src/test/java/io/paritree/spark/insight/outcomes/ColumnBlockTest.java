package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ColumnBlockTest {
  private static final double[] NEAR = {
    0.0, -0.0, 1, Math.nextUp(1.0), Math.nextDown(1.0), -1, Math.nextUp(-1.0), Double.NaN
  };

  @Test
  void rowsAreInTheOrderOfTheirNumbersAndOfEqualOnesAsTheyCame() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int trial = 0; trial < 100; trial++) {
      int size = random.nextInt(200);
      long[] places = IntStream.range(0, size).asLongStream().toArray();
      double[] values =
          IntStream.range(0, size)
              .mapToDouble(
                  at ->
                      random.nextBoolean()
                          ? NEAR[random.nextInt(NEAR.length)]
                          : (float) random.nextGaussian())
              .toArray();
      long[] bits = Arrays.stream(values).mapToLong(Double::doubleToLongBits).toArray();
      ColumnBlock sorted = new ColumnBlock(size, 1, new long[][] {places, bits}).sorted(0);
      List<Long> expected =
          IntStream.range(0, size)
              .boxed()
              .sorted(Comparator.comparingDouble(at -> values[at]))
              .map(Integer::longValue)
              .toList();

      assertThat(sorted.columns()[0])
          .as("seed %s, trial %s", seed, trial)
          .containsExactly(expected.stream().mapToLong(Long::longValue).toArray());
    }
  }
}
