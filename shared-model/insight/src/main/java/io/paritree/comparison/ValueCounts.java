package io.paritree.comparison;

import io.paritree.drift.Noise;
import io.paritree.drift.Shift;
import io.paritree.profile.BinCounts;
import io.paritree.profile.FloatSums;
import io.paritree.profile.NumberBins;
import io.paritree.profile.ScoreHistogram;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;

/** Counts the values of an output in both models: scores, or margins. Not thread-safe. */
final class ValueCounts implements Serializable {
  private final ScoreHistogram champion = new ScoreHistogram();
  private final ScoreHistogram challenger = new ScoreHistogram();
  private final DistanceCounts distances = new DistanceCounts();
  private final DistanceCounts ofMargins = new DistanceCounts();
  private final FloatSums marginChanges = new FloatSums(1);
  private final DistributionCounts distributions;
  private final boolean isOfMargins; // the values are

  ValueCounts(ComparisonForm form) {
    this.distributions = new DistributionCounts(form.mostValues());
    this.isOfMargins = form.isOfMargins();
  }

  /**
   * Adds the first of some values.
   *
   * @return the most that one of them differs
   */
  double add(float[] one, float[] other, int size) {
    champion.add(one, size);
    challenger.add(other, size);
    distributions.add(one, other, size);
    return distances.add(one, other, size);
  }

  /** Adds the first of some margins. */
  void addMargins(float[] one, float[] other, int size) {
    ofMargins.add(one, other, size);
    for (int at = 0; at < size; at++) {
      marginChanges.add(0, (double) other[at] - one[at]);
    }
  }

  void add(ValueCounts other) {
    champion.add(other.champion);
    challenger.add(other.challenger);
    distances.add(other.distances);
    ofMargins.add(other.ofMargins);
    marginChanges.add(other.marginChanges);
    distributions.add(other.distributions);
  }

  /** Returns how the values differ, of which there is one at least. */
  OutputComparison compared(String name) {
    DistributionCounts.Distance distance = distributions.distance();
    return new OutputComparison(
        name,
        champion.mean(),
        challenger.mean(),
        distances.difference(challenger.mean() - champion.mean()),
        isOfMargins
            ? Optional.empty()
            : Optional.of(ofMargins.difference(marginChanges.sum(0) / champion.count())),
        distance.least(),
        distance.error(),
        Optional.of(shift()));
  }

  private Shift shift() {
    NumberBins tenths = champion.deciles();
    return Shift.of(counts(challenger, tenths), counts(champion, tenths), new Noise(1));
  }

  private static BinCounts counts(ScoreHistogram scores, NumberBins bins) {
    return new BinCounts(bins, Arrays.stream(scores.counts(bins)).boxed().toList());
  }
}
