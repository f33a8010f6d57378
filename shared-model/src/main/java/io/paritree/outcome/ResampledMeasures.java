package io.paritree.outcome;

import java.util.Map;

/** Measures of many resamples, in one pass over their rows. Not thread-safe. */
sealed interface ResampledMeasures
    permits ResampledBinary, ResampledValues, ResampledClasses, ResampledRanking {
  /**
   * Adds a row, in the order of {@link OutcomeMeasuring}.
   *
   * @param times how often each resample has it
   */
  void add(OutcomeRow row, int[] times);

  /** Returns each measure by its name, of each resample; NaN where one has none. */
  Map<String, double[]> values();
}
