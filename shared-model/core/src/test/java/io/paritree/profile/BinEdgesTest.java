package io.paritree.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BinEdgesTest {
  private static final long SEED = Long.getLong("seed", 20_261_130);
  private static final float[] NONE = {};

  private static float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int at = 0; at < count; at++) {
      numbers[at] = at;
    }

    return numbers;
  }

  private static long[] counts(Bins bins, float... values) {
    long[] counts = new long[bins.size()];
    for (float value : values) {
      counts[bins.of(value)]++;
    }

    return counts;
  }

  private static float[] repeated(float value, int times, float... more) {
    float[] all = new float[times + more.length];
    Arrays.fill(all, 0, times, value);
    System.arraycopy(more, 0, all, times, more.length);
    return all;
  }

  @Test
  void theDecilesDivideTheRowsIntoTenEqualBins() {
    NumberBins bins = NumberBins.of(numbers(1_000), NONE);

    assertThat(bins.edges()).containsExactly(100, 200, 300, 400, 500, 600, 700, 800, 900);
    assertThat(counts(bins, numbers(1_000)))
        .containsExactly(100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 0);
  }

  @Test
  void aDecileIsMovedToTheNearestThresholdWithinTwoAndAHalfPercentOfTheRows() {
    float[] thresholds = {-7, 76, 110, 174, 226, 290, 305, 424.5f, 575.5f, 900, 9_999};

    assertThat(NumberBins.of(numbers(1_000), thresholds).edges())
        .containsExactly(110, 200, 305, 424.5f, 500, 575.5f, 700, 800, 900);
  }

  @Test
  void twoDecilesThatAreMovedToOneThresholdAreOneEdge() {
    assertThat(NumberBins.of(repeated(5, 600, numbers(5)), new float[] {4.5f}).edges())
        .as("every decile but the smallest is in the heavy value")
        .containsExactly(5);
  }

  @Test
  void aThresholdBeyondAllRowsMovesNothing() {
    assertThat(NumberBins.of(new float[] {1, 2, 3}, new float[] {0.5f, 3.5f}).edges())
        .containsExactly(1, 2, 3);
  }

  @Test
  void aValueOfMoreThanFivePercentOfTheRowsHasItsOwnBin() {
    float[] rows = repeated(250.5f, 53, numbers(1_000));
    NumberBins bins = NumberBins.of(rows, NONE);

    assertThat(bins.edges()).contains(250.5f, Math.nextUp(250.5f));
    assertThat(counts(bins, rows)[bins.of(250.5f)]).isEqualTo(53);
    assertThat(counts(bins, rows)[bins.of(Math.nextUp(250.5f))]).isPositive();

    float[] fewer = repeated(250.5f, 52, numbers(1_000));
    assertThat(NumberBins.of(fewer, NONE).edges()).doesNotContain(250.5f);
  }

  @Test
  void halfTheRowsAtZeroAreABinAmongTheDecilesOfTheOthers() {
    float[] rows = repeated(0, 500, numbers(501));
    NumberBins bins = NumberBins.of(rows, NONE);

    assertThat(bins.edges()).containsExactly(0, 1, 101, 201, 301, 401);
    assertThat(counts(bins, rows)).containsExactly(0, 501, 100, 100, 100, 100, 100, 0);
    assertThat(bins.of(-0f)).isEqualTo(bins.of(0f));
  }

  @Test
  void wholeNumbersHaveOneBinEach() {
    float[] rows = new float[800];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = row % 8;
    }

    NumberBins bins = NumberBins.of(rows, new float[] {0.5f, 1.5f, 3, 6.5f});
    assertThat(bins.edges()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(counts(bins, rows)).containsExactly(0, 100, 100, 100, 100, 100, 100, 100, 100, 0);
  }

  @Test
  void manyWholeNumbersShareBins() {
    float[] rows = new float[10_000];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = row % 50;
    }

    assertThat(NumberBins.of(rows, NONE).edges())
        .containsExactly(5, 10, 15, 20, 25, 30, 35, 40, 45);
  }

  @Test
  void fewRowsHaveABinForEachValue() {
    assertThat(NumberBins.of(new float[] {3, Float.NaN, 1, 3}, NONE).edges()).containsExactly(1, 3);
    assertThat(NumberBins.of(new float[] {7}, NONE).edges()).containsExactly(7);
  }

  @Test
  void aConstantHasOneEdgeAndMissingValuesNone() {
    NumberBins constant = NumberBins.of(repeated(2.5f, 100), new float[] {1, 4});
    assertThat(constant.edges()).containsExactly(2.5f);
    assertThat(counts(constant, repeated(2.5f, 100))).containsExactly(0, 100, 0);

    assertThat(NumberBins.of(repeated(Float.NaN, 100), new float[] {1, 4}).edges()).isEmpty();
    assertThat(NumberBins.of(new float[0], NONE).edges()).isEmpty();
  }

  @Test
  void theLargestNumberCanBeFrequent() {
    assertThat(NumberBins.of(repeated(Float.MAX_VALUE, 10, 1, -Float.MAX_VALUE), NONE).edges())
        .containsExactly(-Float.MAX_VALUE, 1, Float.MAX_VALUE);
  }

  @Test
  void everyBinThatBeginsAtAnEdgeHasRows() {
    Random random = new Random(SEED);
    for (int draw = 0; draw < 2_000; draw++) {
      float[] rows = new float[1 + random.nextInt(300)];
      int kinds = 1 + random.nextInt(40);
      double scale = Math.pow(10, random.nextInt(12) - 6);
      boolean isWhole = random.nextBoolean();
      for (int row = 0; row < rows.length; row++) {
        double value = isWhole ? random.nextInt(kinds) : random.nextGaussian() * scale;
        rows[row] = random.nextInt(4) == 0 ? (float) scale : (float) value;
      }

      float[] thresholds = new float[random.nextInt(30)];
      for (int at = 0; at < thresholds.length; at++) {
        thresholds[at] = rows[random.nextInt(rows.length)] + random.nextInt(2) / 2f;
      }

      Arrays.sort(thresholds);
      NumberBins bins = NumberBins.of(rows, thresholds);
      long[] counts = counts(bins, rows);
      assertThat(IntStream.range(1, counts.length - 1).mapToLong(bin -> counts[bin]).toArray())
          .as("seed %s, draw %s", SEED, draw)
          .doesNotContain(0);
      assertThat(bins.size()).isLessThanOrEqualTo(Bins.MOST - 10);
    }
  }

  @Test
  void scoresAreDividedAtTheBordersOfTheirHistogram() {
    Random random = new Random(SEED);
    ScoreHistogram histogram = new ScoreHistogram();
    for (int score = 0; score < 100_000; score++) {
      histogram.add(random.nextFloat());
    }

    histogram.pack();
    NumberBins bins = histogram.deciles();
    assertThat(bins.edges()).hasSize(9);
    for (int at = 0; at < 9; at++) {
      assertThat(bins.edges()[at]).isEqualTo(ScoreHistogram.border(bins.edges()[at]));
      assertThat((double) bins.edges()[at])
          .isBetween((at + 1) / 10.0 - 0.01, (at + 1) / 10.0 + 0.01);
    }
  }

  @Test
  void scoresThatAreNoNumbersOrInfiniteHaveNoEdges() {
    ScoreHistogram histogram = new ScoreHistogram();
    assertThat(histogram.deciles().edges()).isEmpty();
    for (float score :
        new float[] {
          Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.MAX_VALUE, -1, 0.5f
        }) {
      histogram.add(score);
    }

    histogram.pack();
    NumberBins bins = histogram.deciles();
    assertThat(bins.edges())
        .containsExactly(
            ScoreHistogram.border(-1),
            ScoreHistogram.border(0.5f),
            ScoreHistogram.border(Float.MAX_VALUE));
    assertThat(histogram.counts(bins)).containsExactly(1, 1, 1, 2, 1);
  }

  @Test
  void aConstantScoreHasABinOfItsOwnBetweenLessAndMore() {
    ScoreHistogram histogram = new ScoreHistogram();
    IntStream.range(0, 50).forEach(row -> histogram.add(0.75f));
    histogram.pack();
    assertThat(histogram.deciles().edges()).containsExactly(0.75f, 0.75390625f);
  }
}
