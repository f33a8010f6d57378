package io.paritree.spark.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ScoreRangesTest {
  private static final int ROWS = 100_000;
  private static final int RANGES = 7;

  /** Returns the rows in each range. */
  private static int[] rows(ScoreRanges ranges, double[] numbers) {
    int[] rows = new int[RANGES];
    for (double number : numbers) {
      rows[ranges.of(number)]++;
    }

    return rows;
  }

  private static void areAlike(int[] rows) {
    for (int own : rows) {
      assertThat(own).isBetween(ROWS / RANGES / 2, 2 * ROWS / RANGES);
    }
  }

  @Test
  void rangesHaveAboutAsManyScoresAlsoOfFewBins() {
    Random random = new Random(5);
    for (double[] scores :
        new double[][] {
          random.doubles(ROWS).toArray(),
          random.doubles(ROWS).map(score -> 1_000 + 5 * score).toArray(),
          random.doubles(ROWS).map(score -> 10 * score - 5).toArray()
        }) {
      ScoreBins bins = new ScoreBins();
      for (double score : scores) {
        bins.add(ScoreBins.bin(score), 1);
      }

      double least = DoubleStream.of(scores).min().orElseThrow();
      double most = DoubleStream.of(scores).max().orElseThrow();
      ScoreRanges ranges = ScoreRanges.ofScores(bins, least, most, RANGES);

      assertThat(ranges.bounds()).isSorted();
      areAlike(rows(ranges, scores));
    }
  }

  @Test
  void listsAreInRangesOfTheirHashes() {
    double[] hashes = new Random(6).longs(ROWS).asDoubleStream().toArray();

    areAlike(rows(ScoreRanges.ofHashes(RANGES), hashes));
  }

  @Test
  void allScoresAreInOneRangeIfTheyAreEqual() {
    ScoreBins bins = new ScoreBins();
    bins.add(ScoreBins.bin(0.25), ROWS);
    ScoreRanges ranges = ScoreRanges.ofScores(bins, 0.25, 0.25, RANGES);

    assertThat(ranges.bounds()).isSorted().hasSize(RANGES - 1);
    assertThat(ranges.of(0.25)).isLessThan(RANGES);
    assertThat(ranges.of(0.24)).isLessThanOrEqualTo(ranges.of(0.25));
    assertThat(ranges.of(0.26)).isGreaterThanOrEqualTo(ranges.of(0.25));
  }
}
