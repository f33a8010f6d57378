package io.paritree.forest;

/**
 * The boosting rounds of a model that are scored, counted from the first.
 *
 * <p>The base margin is always added.
 *
 * @param end how many; {@link Integer#MAX_VALUE} means all rounds
 */
public record Rounds(int end) {
  /** All rounds of the model. */
  public static final Rounds ALL = new Rounds(Integer.MAX_VALUE);

  public Rounds {
    if (end < 1) {
      throw new IllegalArgumentException(
          "Cannot use the first %s rounds: at least one is expected".formatted(end));
    }
  }

  /** Returns whether the range has no upper limit. */
  public boolean isOpen() {
    return end == Integer.MAX_VALUE;
  }
}
