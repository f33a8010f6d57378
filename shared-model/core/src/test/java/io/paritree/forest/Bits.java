package io.paritree.forest;

import static org.assertj.core.api.Assertions.assertThat;

/** Asserts that two engines return the same bits. */
public final class Bits {
  private Bits() {}

  /** Compares margins, scores and leaves of rows, in one call per engine. */
  public static void assertEqual(String what, Engine actual, Engine expected, float[] slots) {
    int rows = slots.length / expected.width();
    assertScores(what, actual, expected, slots);

    int[] actualLeaves = new int[rows * actual.trees()];
    int[] expectedLeaves = new int[rows * expected.trees()];
    actual.leaves(slots, rows, actualLeaves);
    expected.leaves(slots, rows, expectedLeaves);
    assertThat(actualLeaves).as("leaves, %s", what).isEqualTo(expectedLeaves);
  }

  /** Compares margins and scores of rows, in one call per engine. */
  public static void assertScores(String what, Engine actual, Engine expected, float[] slots) {
    int rows = slots.length / expected.width();
    float[] actualMargins = new float[rows * actual.outputs()];
    float[] actualScores = new float[rows * actual.scores()];
    float[] expectedMargins = new float[rows * expected.outputs()];
    float[] expectedScores = new float[rows * expected.scores()];
    actual.score(slots, rows, actualMargins, actualScores);
    expected.score(slots, rows, expectedMargins, expectedScores);
    assertBits("margins, " + what, actualMargins, expectedMargins);
    assertBits("scores, " + what, actualScores, expectedScores);
  }

  /** Compares floats bit by bit; any NaN equals any other. */
  public static void assertBits(String what, float[] actual, float[] expected) {
    assertThat(actual.length).as(what).isEqualTo(expected.length);
    for (int at = 0; at < actual.length; at++) {
      if (Float.floatToIntBits(actual[at]) != Float.floatToIntBits(expected[at])) {
        throw new AssertionError(
            "%s: at %s got %s (%08x), expected %s (%08x)"
                .formatted(
                    what,
                    at,
                    actual[at],
                    Float.floatToIntBits(actual[at]),
                    expected[at],
                    Float.floatToIntBits(expected[at])));
      }
    }
  }
}
