package io.paritree.profile;

import java.io.Serializable;

/**
 * Which rows of a partition are sampled, and which of them are explained.
 *
 * <p>A row is chosen by a hash of its key, which is the same every night: rows whose hash begins
 * with at least as many zeros as the sample's level are in it, where the level is the smallest that
 * leaves no more than the number of rows that is asked for. So a sample has half of that number or
 * more, and depends neither on tasks nor on files.
 *
 * @param rows the most rows in a sample; {@link #ALL} for all of them
 * @param explained the most explained rows; {@link #ALL} for all of them, 0 for none
 */
public record Sampling(long rows, long explained) implements Serializable {
  public static final long ALL = Long.MAX_VALUE;

  /** Returns the level of a row. */
  static int level(long hash) {
    return Long.numberOfLeadingZeros(hash);
  }

  /** Returns a level that no sample of at least so many rows is below, whatever their hashes. */
  static int least(long rows, long most) {
    int level = 0;
    while (most != ALL && rows >> level + 1 > most) {
      level++;
    }

    return level;
  }
}
