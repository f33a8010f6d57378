package io.paritree.reasons;

/**
 * The reasons of one row, in arrays that are used again. Refers to no model. Not thread-safe: one
 * per thread.
 */
public final class RowReasons {
  /** Of each group, the sum of its contributions. */
  final float[] sums;

  /** The groups that qualify, as {@link Reasons} sorts them. */
  final long[] keys;

  /** The contribution of each reason. */
  final float[] chosen;

  private int count;
  private float base;
  private float rest;

  /**
   * @param groups number of groups of the model
   */
  public RowReasons(int groups) {
    this.sums = new float[groups];
    this.keys = new long[groups];
    this.chosen = new float[groups];
  }

  void set(int count, float base, float rest) {
    this.count = count;
    this.base = base;
    this.rest = rest;
  }

  /** Returns the number of reasons, at most as many as were asked for. */
  public int count() {
    return count;
  }

  /** Returns the index of a reason's group in {@link Reasons#groups}. */
  public int group(int reason) {
    return (int) keys[reason];
  }

  /** Returns what a reason adds to the margin; never 0. */
  public float contribution(int reason) {
    return chosen[reason];
  }

  /** Returns the margin of the average row. */
  public float base() {
    return base;
  }

  /** Returns what all other groups together add to the margin. */
  public float rest() {
    return rest;
  }
}
