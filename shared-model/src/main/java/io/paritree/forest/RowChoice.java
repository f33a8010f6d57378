package io.paritree.forest;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses a share of rows by chance. Each row has the same probability, in whatever blocks rows
 * come, and a seed chooses the same rows again. Not thread-safe.
 *
 * <p>Blocks of which no row is chosen, which are nearly all, cost a comparison each: what is drawn
 * is how many rows are passed over before the next chosen one (a geometric distribution).
 */
public final class RowChoice {
  private static final int[] NONE = {};
  private static final int FEW = 8;

  private final double share;
  private final SplittableRandom random;
  private long passed; // how many rows are passed over before the next chosen one

  /**
   * @param share of the rows, 0 to 1
   */
  public RowChoice(double share, long seed) {
    this.share = share;
    this.random = new SplittableRandom(seed);
    this.passed = draw();
  }

  /** Returns the places of the chosen rows of the next block, ascending; not to be changed. */
  public int[] of(int rows) {
    if (passed >= rows) {
      passed -= rows;
      return NONE;
    }

    int[] chosen = new int[FEW];
    int count = 0;
    long row = passed;
    for (; row < rows; row += 1 + draw()) {
      chosen = count < chosen.length ? chosen : Arrays.copyOf(chosen, 2 * count);
      chosen[count++] = (int) row;
    }

    passed = row - rows;
    return Arrays.copyOf(chosen, count);
  }

  private long draw() {
    if (share <= 0) {
      return Long.MAX_VALUE / 2; // more rows than there are
    }

    double uniform = 1 - random.nextDouble(); // in (0, 1]
    return (long) Math.min(Long.MAX_VALUE / 2, Math.log(uniform) / Math.log1p(-share));
  }
}
