package io.paritree.reasons;

import java.io.Serializable;
import java.util.Objects;

/**
 * The reasons that a job writes.
 *
 * @param most how many fields are named at most, 1 or more
 * @param above only rows with a score above this have reasons; NaN for all rows
 */
public record ReasonsAsked(int most, Direction direction, float above) implements Serializable {
  public ReasonsAsked {
    Objects.requireNonNull(direction, "direction");
  }

  /** Returns whether a row with this score has reasons. */
  public boolean has(float score) {
    return Float.isNaN(above) || score > above;
  }
}
