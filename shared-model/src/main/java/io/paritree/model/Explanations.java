package io.paritree.model;

import io.paritree.UnsupportedModelException;
import io.paritree.forest.Forest;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import java.util.EnumMap;
import java.util.Map;

/**
 * The explainers of a model, each made when it is asked for first; safe for any number of threads.
 */
final class Explanations {
  private final String origin;
  private final Forest forest;
  private final Map<ContributionMode, Explainer> made = new EnumMap<>(ContributionMode.class);

  /**
   * @param origin names the model in messages
   */
  Explanations(String origin, Forest forest) {
    this.origin = origin;
    this.forest = forest;
  }

  synchronized Explainer get(ContributionMode mode) throws UnsupportedModelException {
    Explainer known = made.get(mode);
    if (known != null) {
      return known;
    }

    try {
      Explainer explainer = Explainer.of(forest, mode);
      made.put(mode, explainer);
      return explainer;
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(
          "Cannot explain %s: %s; save the model again with XGBoost itself, or score it without contributions"
              .formatted(origin, e.getMessage()),
          e);
    }
  }
}
