package io.paritree.profile;

/**
 * The bins into which the slots of a feature, or the scores of an output, are counted.
 *
 * <p>Every {@code float} is in one bin; NaN, which is a missing value, is in the last, and nothing
 * else is there. Two bins are equal if they count every value alike. Immutable and thread-safe.
 */
public sealed interface Bins permits NumberBins, CategoryBins {
  /** The largest {@link #size}. */
  int MOST = 64;

  /** Returns the number of bins, the one of missing values included. */
  int size();

  /** Returns the bin of a value, from 0; {@code size() - 1} for NaN. */
  int of(float value);
}
