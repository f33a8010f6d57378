package io.paritree.comparison;

import java.util.Locale;

/** One of two models that are compared. */
public enum Side {
  /** The one that acts. */
  CHAMPION,
  /** The one that may take its place. */
  CHALLENGER;

  /** Returns the word for it in documents. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the other one. */
  public Side other() {
    return this == CHAMPION ? CHALLENGER : CHAMPION;
  }
}
