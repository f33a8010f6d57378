package io.paritree.forest;

/**
 * The boosting rounds of a model that are scored: {@code begin} inclusive to {@code end} exclusive.
 *
 * <p>The base margin is always added, for any range.
 *
 * @param begin first round, from 0
 * @param end round after the last one; {@link Integer#MAX_VALUE} means all rounds
 */
public record Rounds(int begin, int end) {
  /** All rounds of the model. */
  public static final Rounds ALL = new Rounds(0, Integer.MAX_VALUE);

  public Rounds {
    if (begin < 0 || end <= begin) {
      throw new IllegalArgumentException(
          "Cannot use rounds [%s, %s): the first must be 0 or more, the end greater than the first"
              .formatted(begin, end));
    }
  }

  /** Returns whether the range has no upper limit. */
  public boolean isOpen() {
    return end == Integer.MAX_VALUE;
  }
}
