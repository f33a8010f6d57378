package io.paritree.model;

import java.util.Objects;
import java.util.Optional;

/**
 * What the caller of an unsealed model states where its file leaves a choice that changes scores. A
 * sealed package leaves none.
 *
 * @param categoryCodes whether the values of categories that the model file does not list are codes
 * @param rounds the rounds to score, in the form of {@link RoundsChoice#of}; empty for those that
 *     the model's trainer scores
 */
public record Assumptions(boolean categoryCodes, Optional<String> rounds) {
  /** Nothing is stated: a model that leaves the values of a category open is refused. */
  public static final Assumptions NONE = new Assumptions(false, Optional.empty());

  public Assumptions {
    Objects.requireNonNull(rounds, "rounds");
  }
}
