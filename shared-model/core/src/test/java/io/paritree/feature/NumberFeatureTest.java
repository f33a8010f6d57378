package io.paritree.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A column of floats gives the same slots as its values one by one. */
class NumberFeatureTest {
  private static final int BEFORE = 3;
  private static final float[] CORNERS = {
    0f,
    -0f,
    1f,
    -999f,
    Float.NaN,
    Float.intBitsToFloat(0x7fc01234),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.MIN_VALUE,
    10f,
    Math.nextUp(10f),
    -10f,
    Math.nextDown(-10f)
  };

  private static NumberFeature feature(
      List<Object> missing, double min, double max, boolean nullable) {
    return new NumberFeature("n", "n", Sentinels.of(missing), min, max, nullable);
  }

  @Test
  void columnOfFloatsGivesTheSlotsAndFaultsOfItsValues() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    double none = Double.POSITIVE_INFINITY;
    for (NumberFeature feature :
        List.of(
            NumberFeature.of("n"),
            feature(List.of(), -none, none, false),
            feature(List.of(), -10, 10, true),
            feature(List.of(), 0, none, true),
            feature(List.of(-999.0), -none, none, true),
            feature(List.of(-999.0, 0.0), -1_000, 10, false))) {
      for (int round = 0; round < 500; round++) {
        float[] values = new float[1 + random.nextInt(40)];
        boolean[] nulls = random.nextBoolean() ? new boolean[values.length] : null;
        boolean onlyUsual = random.nextInt(3) == 0;
        for (int row = 0; row < values.length; row++) {
          values[row] = onlyUsual ? random.nextFloat() : unusual(random);
          if (nulls != null) {
            nulls[row] = random.nextInt(4) == 0;
            values[row] = nulls[row] ? Float.NaN : values[row];
          }
        }

        assertSameBits(feature, values, nulls, seed);
      }
    }
  }

  private static float unusual(Random random) {
    return random.nextBoolean()
        ? CORNERS[random.nextInt(CORNERS.length)]
        : Float.intBitsToFloat(random.nextInt());
  }

  private static void assertSameBits(
      NumberFeature feature, float[] values, boolean[] nulls, long seed) {
    Faults faultsOfEach = new Faults();
    float[] slots = new float[values.length];
    int nullCount = 0;
    for (int row = 0; row < values.length; row++) {
      boolean isNull = nulls != null && nulls[row];
      nullCount += isNull ? 1 : 0;
      slots[row] =
          isNull ? feature.missing(faultsOfEach) : feature.number(values[row], faultsOfEach);
    }

    assertSameBits(feature, values, nullCount, slots, faultsOfEach, seed);
    float[] known = values.clone();
    int knownCount = 0;
    for (int row = 0; row < known.length; row++) {
      if (Float.isNaN(known[row])) {
        known[row] = Float.NaN;
        knownCount++;
      }
    }

    assertSameBits(feature, known, knownCount, slots, faultsOfEach, seed);
  }

  private static void assertSameBits(
      NumberFeature feature,
      float[] values,
      int nans,
      float[] slots,
      Faults faultsOfEach,
      long seed) {
    Faults faults = new Faults();
    float[] column = new float[BEFORE + values.length + 1];
    System.arraycopy(values, 0, column, BEFORE, values.length);
    long missing = IntStream.range(0, slots.length).filter(row -> Float.isNaN(slots[row])).count();
    assertThat(feature.numbers(column, BEFORE, values.length, nans, faults))
        .as("seed %s", seed)
        .isEqualTo((int) missing);
    assertThat(bits(Arrays.copyOfRange(column, BEFORE, BEFORE + values.length)))
        .as("seed %s", seed)
        .isEqualTo(bits(slots));
    assertThat(column[BEFORE - 1]).isZero();
    assertThat(column[column.length - 1]).isZero();
    assertThat(faults.list().stream().map(fault -> fault.code()).toList())
        .as("seed %s", seed)
        .containsExactlyInAnyOrderElementsOf(
            faultsOfEach.list().stream().map(fault -> fault.code()).toList());
  }

  private static int[] bits(float[] slots) {
    int[] bits = new int[slots.length];
    for (int row = 0; row < bits.length; row++) {
      bits[row] = Float.floatToRawIntBits(slots[row]);
    }

    return bits;
  }
}
