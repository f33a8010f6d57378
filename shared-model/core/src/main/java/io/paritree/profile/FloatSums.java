package io.paritree.profile;

/**
 * Sums of floats. Each is held in two doubles, the second of which has what the first has rounded
 * off: in any order of the values, a sum is the exact one to about 30 digits of what its values are
 * without their signs. Not thread-safe.
 */
public final class FloatSums implements Counts<FloatSums> {
  private final double[] sums;
  private final double[] roundedOff;

  public FloatSums(int sums) {
    this.sums = new double[sums];
    this.roundedOff = new double[sums];
  }

  /** Adds a value to a sum. */
  public void add(int sum, double value) {
    double before = sums[sum];
    double after = before + value;
    double added = after - before;
    roundedOff[sum] += before - (after - added) + (value - added);
    sums[sum] = after;
  }

  /** Adds the first of some values to a sum. */
  public void add(int sum, float[] values, int count) {
    for (int at = 0; at < count; at++) {
      add(sum, values[at]);
    }
  }

  /** Adds all sums of another, as many. */
  @Override
  public void add(FloatSums other) {
    for (int sum = 0; sum < sums.length; sum++) {
      add(sum, other.sums[sum]);
      roundedOff[sum] += other.roundedOff[sum];
    }
  }

  @Override
  public void pack() {
    // Sums have few zeros.
  }

  /** Returns a sum; NaN if a value was NaN or infinite. */
  public double sum(int sum) {
    return sums[sum] + roundedOff[sum];
  }
}
