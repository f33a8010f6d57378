package io.paritree.reasons;

import java.util.Locale;

/** Which contributions are reasons. */
public enum Direction {
  /** All, the largest absolute ones first. */
  BOTH,
  /** Fields that raise the margin. */
  UP,
  /** Fields that lower the margin. */
  DOWN;

  /** Returns the name in options, parameters and answers. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Zero and NaN are in no direction. */
  boolean has(float contribution) {
    return this == UP && contribution > 0
        || this == DOWN && contribution < 0
        || this == BOTH && (contribution > 0 || contribution < 0);
  }
}
