package io.paritree.profile;

import java.io.Serializable;
import java.util.function.IntFunction;

/**
 * What is counted of sampled rows, by their levels; the levels that cannot be in the sample any
 * more are dropped. See {@link Sampling}. Not thread-safe.
 *
 * @param <C> what is counted of the rows of a level
 */
final class LevelCounts<C extends LevelCounts.Counts<C>> implements Serializable {
  private static final int LEVELS = Long.SIZE + 1;

  private final long most;
  private final Object[] counts = new Object[LEVELS]; // null without rows
  private final long[] rows = new long[LEVELS];
  private long total;
  private int least;

  /** What is counted of some rows. */
  interface Counts<C> extends Serializable {
    void add(C other);
  }

  LevelCounts(long most, int least) {
    this.most = most;
    this.least = most == 0 ? LEVELS : least;
  }

  /** Returns whether a row with this hash may be in the sample. */
  boolean takes(long hash) {
    return most == Sampling.ALL || Sampling.level(hash) >= least;
  }

  /** Returns what is counted of the level of a row that may be in the sample, with one more row. */
  C next(long hash, IntFunction<C> made) {
    int level = most == Sampling.ALL ? 0 : Sampling.level(hash);
    rows[level]++;
    total++;
    C own = of(level);
    if (own == null) {
      own = made.apply(level);
      counts[level] = own;
    }

    if (total > most) {
      shrink();
    }

    return own;
  }

  @SuppressWarnings("unchecked") // only next and add store into it
  private C of(int level) {
    return (C) counts[level];
  }

  /** Drops levels until there are no more rows than asked for. */
  private void shrink() {
    while (total > most) {
      drop();
    }
  }

  private void drop() {
    total -= rows[least];
    rows[least] = 0;
    counts[least++] = null;
  }

  /** Adds another's rows. */
  void add(LevelCounts<C> other) {
    while (least < Math.min(other.least, LEVELS)) {
      drop();
    }

    for (int level = least; level < LEVELS; level++) {
      C more = other.of(level);
      if (more != null) {
        if (counts[level] == null) {
          counts[level] = more;
        } else {
          of(level).add(more);
        }

        rows[level] += other.rows[level];
        total += other.rows[level];
      }
    }

    shrink();
  }

  /** Returns the number of rows in the sample. */
  long rows() {
    return total;
  }

  /**
   * Adds all levels.
   *
   * @param none counts of no row, which receive all
   */
  C sum(C none) {
    for (int level = least; level < LEVELS; level++) {
      if (counts[level] != null) {
        none.add(of(level));
      }
    }

    return none;
  }
}
