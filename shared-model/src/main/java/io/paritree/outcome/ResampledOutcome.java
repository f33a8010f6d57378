package io.paritree.outcome;

import java.util.Map;

/**
 * Measures one of two models that are compared: all rows, and many resamples of them. Not
 * thread-safe.
 */
public final class ResampledOutcome {
  private final OutcomeMeasuring all;
  private final ResampledMeasures resamples;
  private final int[] times = new int[Resampling.RESAMPLES];

  /**
   * @param totals of all rows that will be added
   */
  public ResampledOutcome(OutcomeForm form, OutcomeTotals totals) {
    this.all = form.measuring(totals);
    this.resamples = form.resampled();
  }

  /**
   * Adds a row, in the order of {@link OutcomeMeasuring}.
   *
   * @param unit a hash of what is resampled as a whole, such as all rows of a key or of a list
   */
  public void add(OutcomeRow row, long unit) {
    all.add(row);
    Resampling.draw(unit, times);
    resamples.add(row, times);
  }

  Measured measured() {
    return all.measured();
  }

  Map<String, double[]> resampled() {
    return resamples.values();
  }
}
