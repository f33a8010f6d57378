package io.paritree.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the caller of an unsealed model states where its file leaves a choice that changes scores. A
 * sealed package leaves none.
 *
 * @param categoryCodes whether the values of categories that the model file does not list are codes
 * @param offsets the columns with which margins begin, in the order of the outputs; empty for the
 *     model's own base
 * @param rounds the rounds to score, in the form of {@link RoundsChoice#of}; empty for the rounds
 *     that the model's trainer scores
 */
public record Assumptions(boolean categoryCodes, List<String> offsets, Optional<String> rounds) {
  /** Nothing is stated: a model that leaves the values of a category open is refused. */
  public static final Assumptions NONE = new Assumptions(false, List.of(), Optional.empty());

  public Assumptions {
    offsets = List.copyOf(offsets);
    Objects.requireNonNull(rounds, "rounds");
  }
}
