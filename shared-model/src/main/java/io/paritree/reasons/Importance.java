package io.paritree.reasons;

/**
 * How much each group moves the margins on average: the mean over rows of the absolute
 * contribution, added up over the outputs. Not thread-safe.
 */
public final class Importance {
  private final Reasons reasons;
  private final float[] sums;
  private final double[] totals;
  private long rows;

  public Importance(Reasons reasons) {
    this.reasons = reasons;
    this.sums = new float[reasons.groups().size()];
    this.totals = new double[sums.length];
  }

  /** Adds the row whose contributions start at {@code at}. */
  public void add(float[] contributions, int at) {
    for (int output = 0; output < reasons.outputNames().size(); output++) {
      reasons.sum(contributions, at, output, sums);
      for (int group = 0; group < sums.length; group++) {
        totals[group] += Math.abs(sums[group]);
      }
    }

    rows++;
  }

  /** Returns the number of rows that were added. */
  public long rows() {
    return rows;
  }

  /** Returns the mean of a group, in margin units; NaN without rows. */
  public double mean(int group) {
    return totals[group] / rows;
  }
}
