package io.paritree.reasons;

import java.io.Serializable;
import java.util.Objects;

/**
 * What a job writes to explain its scores.
 *
 * @param most how many fields are named as reasons at most; 0 for no reasons
 * @param above only rows with a score above this have reasons; NaN for all rows
 * @param contributions whether the contributions of each feature are written, for all rows
 */
public record ExplanationSettings(int most, Direction direction, float above, boolean contributions)
    implements Serializable {
  public ExplanationSettings {
    Objects.requireNonNull(direction, "direction");
  }

  public boolean hasReasons() {
    return most > 0;
  }

  /** Returns whether a row with this score has reasons. */
  public boolean hasReasons(float score) {
    return most > 0 && (Float.isNaN(above) || score > above);
  }
}
