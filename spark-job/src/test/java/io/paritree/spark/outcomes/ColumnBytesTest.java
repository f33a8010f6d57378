package io.paritree.spark.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ColumnBytesTest {
  private static final int SIZE = 1_000;

  @Test
  void numbersKeepTheirBitsInAsManyBytesAsTheyNeed() {
    Random random = new Random(9);
    double[] same = new double[SIZE];
    double[] few = random.ints(SIZE, 0, 256).mapToDouble(number -> number / 7.0).toArray();
    double[] floats = random.doubles(SIZE).map(number -> (float) number).toArray();
    double[] doubles = random.doubles(SIZE).toArray();
    few[3] = -0.0;
    few[4] = Double.NaN;
    floats[5] = Double.NEGATIVE_INFINITY;

    assertThat(kept(same)).isLessThan(20);
    assertThat(kept(few)).isLessThan(SIZE + 8 * 260);
    assertThat(kept(floats)).isEqualTo(1 + 4 * SIZE);
    assertThat(kept(doubles)).isEqualTo(1 + 8 * SIZE);
    long[] longs = random.longs(SIZE).toArray();
    int[] ints = random.ints(SIZE).toArray();
    assertThat(ColumnBytes.longs(ColumnBytes.of(longs), SIZE)).isEqualTo(longs);
    assertThat(ColumnBytes.ints(ColumnBytes.of(ints), SIZE)).isEqualTo(ints);
    assertThat(ColumnBytes.longs(ColumnBytes.of(new long[0]), 0)).isEmpty();
  }

  /** Returns how many bytes numbers need, once they have been read again. */
  private static int kept(double[] numbers) {
    byte[] bytes = ColumnBytes.ofDoubles(numbers);
    double[] again = ColumnBytes.doubles(bytes, SIZE);
    for (int at = 0; at < SIZE; at++) {
      assertThat(Double.doubleToRawLongBits(again[at]))
          .isEqualTo(Double.doubleToRawLongBits(numbers[at]));
    }

    return bytes.length;
  }
}
