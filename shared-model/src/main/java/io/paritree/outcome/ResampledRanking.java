package io.paritree.outcome;

import java.util.Map;

/** The measures of {@link RankOutcome} that resamples have: they have whole lists. */
final class ResampledRanking implements ResampledMeasures {
  private final ResampledMeans gains = new ResampledMeans(RankOutcome.PLACES.length);
  private final RankedList list = new RankedList();
  private final int[] timesOfList = new int[Resampling.RESAMPLES];
  private long number;

  @Override
  public void add(OutcomeRow row, int[] times) {
    if (row.part() != number) {
      close();
      number = row.part();
    }

    list.add(row);
    System.arraycopy(times, 0, timesOfList, 0, times.length);
  }

  private void close() {
    if (!list.isEmpty()) {
      gains.add(
          list.weight(),
          timesOfList,
          list.gain(RankOutcome.PLACES[0]),
          list.gain(RankOutcome.PLACES[1]));
      list.clear();
    }
  }

  @Override
  public Map<String, double[]> values() {
    close();
    return Map.of(
        RankMeasures.GAIN_5, gains.means(0),
        RankMeasures.GAIN_10, gains.means(1));
  }
}
