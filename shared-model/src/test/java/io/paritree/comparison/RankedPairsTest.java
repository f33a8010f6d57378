package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.Seed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RankedPairsTest {
  private final long seed = Seed.next();
  private final Random random = new Random(seed);

  private static RankedPairs ranked(float[] first, float[] second) {
    PairCounts counts = new PairCounts(1 << 16);
    for (int row = 0; row < first.length; row++) {
      counts.add(first[row], second[row]);
    }

    return new RankedPairs(counts.sorted(), counts.isExact());
  }

  /** Rounded, so that rows tie. */
  private float[] values(int rows) {
    float[] values = new float[rows];
    for (int row = 0; row < rows; row++) {
      values[row] = Math.round(random.nextGaussian() * 20) / 16f;
    }

    return values;
  }

  private static double below(float[] values, float value) {
    int below = 0;
    for (float each : values) {
      below += each <= value ? 1 : 0;
    }

    return (double) below / values.length;
  }

  private static double rank(float[] values, float value) {
    int below = 0;
    int same = 0;
    for (float each : values) {
      below += each < value ? 1 : 0;
      same += each == value ? 1 : 0;
    }

    return below + (same + 1) / 2.0;
  }

  @Test
  void distanceAndCorrelationAreTheTextbooks() {
    float[] first = values(700);
    float[] second = values(700);
    for (int row = 0; row < 700; row += 2) {
      second[row] = first[row] + 0.25f;
    }

    double distance = 0;
    double[] one = new double[700];
    double[] other = new double[700];
    for (int row = 0; row < 700; row++) {
      for (float value : new float[] {first[row], second[row]}) {
        distance = Math.max(distance, Math.abs(below(first, value) - below(second, value)));
      }

      one[row] = rank(first, first[row]);
      other[row] = rank(second, second[row]);
    }

    RankedPairs ranked = ranked(first, second);
    assertThat(ranked.distance()).as("seed %s", seed).isCloseTo(distance, within(1e-12));
    assertThat(ranked.correlation().value())
        .as("seed %s", seed)
        .isCloseTo(pearson(one, other), within(1e-9));
  }

  private static double pearson(double[] one, double[] other) {
    double meanOne = Arrays.stream(one).average().orElseThrow();
    double meanOther = Arrays.stream(other).average().orElseThrow();
    double both = 0;
    double ofOne = 0;
    double ofOther = 0;
    for (int row = 0; row < one.length; row++) {
      both += (one[row] - meanOne) * (other[row] - meanOther);
      ofOne += Math.pow(one[row] - meanOne, 2);
      ofOther += Math.pow(other[row] - meanOther, 2);
    }

    return both / Math.sqrt(ofOne * ofOther);
  }

  @Test
  void equalScoresOverlapAndCorrelateWhollyAlsoWhereRowsTie() {
    float[] first = values(999);

    RankedPairs ranked = ranked(first, first);

    assertThat(ranked.distance()).isZero();
    assertThat(ranked.correlation().value()).isEqualTo(1);
    for (long top : new long[] {1, 9, 49, 99}) {
      assertThat(ranked.overlap(top).value())
          .as("top %s, seed %s", top, seed)
          .isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void theOverlapIsTheShareOfTheTopThatStays() {
    float[] first = new float[200];
    float[] second = new float[200];
    for (int row = 0; row < 200; row++) {
      first[row] = row;
      second[row] = row < 185 ? row : row - 190; // the first fifteen go to the end, but for five
    }

    for (int row = 185; row < 190; row++) {
      second[row] = 1_000 + row;
    }

    RankedPairs ranked = ranked(first, second);

    assertThat(ranked.overlap(20).value()).isEqualTo(10 / 20.0); // 180 to 189 stay
    assertThat(ranked.overlap(2).value()).isZero();
    assertThat(ranked.overlap(200).value()).isEqualTo(1);
  }

  @Test
  void aBorderAmongRowsThatTieTakesThemInPart() {
    float[] first = {1, 1, 1, 1, 0, 0};
    float[] second = {1, 1, 0, 0, 0, 0};

    // The top 2: half of each of the first four, and the first two; both have half of these two.
    assertThat(ranked(first, second).overlap(2).value()).isEqualTo(0.5);
  }

  @Test
  void oneScoreForAllHasNoCorrelation() {
    assertThat(ranked(new float[] {1, 1}, new float[] {1, 2}).correlation().value()).isNaN();
  }
}
