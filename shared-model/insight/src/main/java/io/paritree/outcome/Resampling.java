package io.paritree.outcome;

/**
 * How often each of many resamples has a unit: a bootstrap by Poisson weights, which needs no order
 * and no number of units (N. Oza and S. Russell, "Online bagging and boosting", 2001). They are a
 * hash of unit and resample, so that both models of a comparison, and any run, have the same ones.
 */
final class Resampling {
  static final int RESAMPLES = 200;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int MOST = 16;

  /** The probability that a unit is there so often at most. */
  private static final double[] AT_MOST = new double[MOST];

  static {
    double probability = StrictMath.exp(-1);
    double sum = probability;
    for (int times = 0; times < MOST; times++) {
      AT_MOST[times] = sum;
      probability /= times + 1;
      sum += probability;
    }
  }

  private Resampling() {}

  /**
   * Draws how often each resample has a unit.
   *
   * @param unit a hash of what is resampled
   * @param times is filled
   */
  static void draw(long unit, int[] times) {
    for (int resample = 0; resample < RESAMPLES; resample++) {
      double drawn = (mix(unit + (resample + 1) * GOLDEN) >>> 11) * 0x1p-53;
      int own = 0;
      while (own < MOST && drawn >= AT_MOST[own]) {
        own++;
      }

      times[resample] = own;
    }
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
