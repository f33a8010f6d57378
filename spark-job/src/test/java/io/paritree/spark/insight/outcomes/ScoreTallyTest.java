package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScoreTallyTest {
  private static final RowGroup ONE = group("one");
  private static final RowGroup OTHER = group("other");

  @Test
  void moreBinsThanFitAreCountedByWiderOnesAndNoScoreIsLost() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int mostBins = 20 + random.nextInt(200);
    ScoreTally tally = new ScoreTally(2, mostBins);
    Map<Double, Long> scores = new TreeMap<>();
    for (int trial = 0; trial < 1_000; trial++) {
      double score = random.nextGaussian();
      long rows = 1 + random.nextInt(5);
      boolean isOne = random.nextBoolean();
      int bin = ScoreBins.bin(score, ScoreBins.BITS);
      tally.add(isOne ? ONE : OTHER, new ScoreCounts.Bin(isOne ? 1 : 2, bin, rows), score, score);
      scores.merge(score, rows, Long::sum);
    }

    ScoreCounts counts = tally.counts();
    long all = scores.values().stream().mapToLong(Long::longValue).sum();

    assertThat(counts.bins()).as("seed %s", seed).hasSizeLessThanOrEqualTo(mostBins);
    assertThat(counts.bits()).isLessThan(ScoreBins.BITS).isPositive();
    assertThat(counts.rows()).isEqualTo(all);
    assertThat(counts.bins().stream().mapToLong(ScoreCounts.Bin::rows).sum()).isEqualTo(all);
    assertThat(counts.bins()).isSortedAccordingTo((a, b) -> Integer.compare(a.bin(), b.bin()));
    for (ScoreCounts.Bin bin : counts.bins()) {
      assertThat(ScoreBins.wider(bin.bin(), counts.bits())).isEqualTo(bin.bin());
    }
  }

  @Test
  void tooManyGroupsAreNotReadToTheEnd() {
    ScoreTally tally = new ScoreTally(1);
    tally.add(ONE, new ScoreCounts.Bin(1, 0, 5), 0, 1);
    assertThat(tally.hasAllGroups()).isTrue();

    tally.add(OTHER, new ScoreCounts.Bin(2, 0, 5), 0, 1);
    assertThat(tally.hasAllGroups()).isFalse();
    assertThat(tally.counts().areAll()).isFalse();
  }

  private static RowGroup group(String version) {
    return new RowGroup(List.of(), version, List.of(), "", null);
  }
}
