package io.paritree.profile;

import java.io.Serializable;

/**
 * Which rows of a partition are sampled, and which of them are explained.
 *
 * <p>A row is chosen by a hash of its key, which is the same every night: rows whose hash begins
 * with at least as many zeros as the sample's level are in it, where the level is the smallest that
 * leaves no more than the number of rows that is asked for. So a sample has about half of that
 * number or more, if the keys differ, and depends neither on tasks nor on files. Rows that are not
 * scored count too, so that what is known of a partition's rows beforehand decides nothing.
 *
 * @param rows the most rows in a sample; {@link #ALL} for all of them
 * @param explained the most explained rows; {@link #ALL} for all of them, 0 for none
 */
public record Sampling(long rows, long explained) implements Serializable {
  public static final long ALL = Long.MAX_VALUE;

  /**
   * Returns a hash for a row that has no key.
   *
   * @param row its index among the rows of its file
   */
  public static long hashOfRow(long row) {
    long mixed = (row + 1) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }

  /** Returns the level of a row. */
  public static int level(long hash) {
    return Long.numberOfLeadingZeros(hash);
  }

  /** Returns a level below which the sample of so many rows is not, if their keys differ. */
  static int least(long rows, long most) {
    int level = 0;
    while (most != ALL && isTooMany(rows >> level, most)) {
      level++;
    }

    return level;
  }

  /**
   * Returns whether chance cannot leave as few rows as asked for: by eight standard errors, and by
   * a quarter, since rows that share a key come or go together.
   */
  private static boolean isTooMany(long expected, long most) {
    double beyond = expected - (double) most;
    return beyond > most / 4.0 && beyond > 8 * Math.sqrt(expected);
  }
}
