package io.paritree.drift;

/**
 * How large a measure becomes by chance alone, if nothing has changed: in one of a thousand
 * comparisons of all fields, one of them is above it.
 *
 * <p>Without a change, the population stability index is distributed as {@code 1/n + 1/m} times
 * chi-squared with a degree of freedom less than there are bins (B. Yurdakul, "Statistical
 * properties of population stability index", 2018). Quantiles of chi-squared are those of E. B.
 * Wilson and M. M. Hilferty (1931).
 */
public final class Noise {
  private static final double CHANCE = 0.001;

  private static final int STEPS = 40;
  private static final int DIGITS = 60;
  private static final int TERMS = 100;

  private final double rarity;
  private final double deviations;

  /**
   * @param fields how many are compared
   */
  public Noise(int fields) {
    double chance = CHANCE / Math.max(1, fields);
    this.rarity = -StrictMath.log(chance);
    this.deviations = deviations(chance);
  }

  /** Returns how many standard deviations a normal value exceeds with a chance of at most 0.001. */
  private static double deviations(double chance) {
    double low = 3;
    double high = 40;
    for (int step = 0; step < DIGITS; step++) {
      double middle = (low + high) / 2;
      if (chanceAbove(middle) > chance) {
        low = middle;
      } else {
        high = middle;
      }
    }

    return high;
  }

  /** Returns the chance of a normal value above 3 or more deviations: Laplace's fraction. */
  private static double chanceAbove(double deviations) {
    double fraction = deviations;
    for (int term = TERMS; term > 0; term--) {
      fraction = deviations + term / fraction;
    }

    double density = StrictMath.exp(-deviations * deviations / 2) / Math.sqrt(2 * Math.PI);
    return density / fraction;
  }

  /** Returns the noise of the index of {@code n} rows against {@code m} rows. */
  double ofIndex(long n, long m, int bins) {
    if (bins < 2) {
      return 0;
    }

    double degrees = bins - 1;
    double spread = 2 / (9 * degrees);
    double root = 1 - spread + deviations * Math.sqrt(spread);
    return (1.0 / n + 1.0 / m) * degrees * root * root * root;
  }

  /**
   * Returns how large a share of {@code n} rows becomes, if it is a given share of {@code m} rows:
   * by Chernoff's bound, which holds for any number of rows. That share counts as if two more rows
   * had been there, one of which is in it.
   *
   * @return infinite if any share can be chance
   */
  double ofShare(double share, long n, long m) {
    double likely = (share * m + 1) / (m + 2);
    double needed = rarity * (1.0 / n + 1.0 / m);
    if (divergence(1, likely) < needed) {
      return Double.POSITIVE_INFINITY;
    }

    double low = likely;
    double high = 1;
    for (int step = 0; step < STEPS; step++) {
      double middle = (low + high) / 2;
      if (divergence(middle, likely) < needed) {
        low = middle;
      } else {
        high = middle;
      }
    }

    return high;
  }

  /**
   * Returns whether a share of {@code n} rows is larger or smaller than a share of {@code m} rows,
   * by more than chance gives.
   */
  public boolean differ(double share, long n, double before, long m) {
    return share > ofShare(before, n, m) || 1 - share > ofShare(1 - before, n, m);
  }

  /** Returns the Kullback-Leibler divergence of two shares. */
  private static double divergence(double share, double from) {
    double rest = share == 1 ? 0 : (1 - share) * StrictMath.log((1 - share) / (1 - from));
    return share * StrictMath.log(share / from) + rest;
  }
}
