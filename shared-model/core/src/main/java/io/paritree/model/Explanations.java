package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Forest;
import io.paritree.forest.ForestShape;
import io.paritree.forest.SplitValues;
import io.paritree.forest.Tree;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.golden.GoldenContributions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What shows how a model scores: its explainers, and the values at which its margins change. Each
 * is made when it is asked for first; safe for any number of threads.
 */
final class Explanations {
  private final String origin;
  private final Forest forest;
  private final Optional<GoldenContributions> golden;
  private final Map<ContributionMode, Explainer> made = new EnumMap<>(ContributionMode.class);
  private SplitValues splits; // null until they are asked for

  /**
   * @param origin names the model in messages
   * @param golden what every explainer must reproduce before it is used; empty if the model is not
   *     sealed
   */
  Explanations(String origin, Forest forest, Optional<GoldenContributions> golden) {
    this.origin = origin;
    this.forest = forest;
    this.golden = golden;
  }

  /**
   * Verifies that the package's contributions are reproduced, without keeping what that needs.
   *
   * @throws ModelException if they are not
   */
  void verify() throws ModelException {
    if (golden.isPresent() && golden.get().rows() > 0) {
      golden.get().verify(make(ContributionMode.EXACT), ContributionMode.EXACT);
    }
  }

  synchronized Explainer get(ContributionMode mode) throws UnsupportedModelException {
    Explainer known = made.get(mode);
    if (known != null) {
      return known;
    }

    Explainer explainer = make(mode);
    if (golden.isPresent()) {
      try {
        golden.get().verify(explainer, mode);
      } catch (CorruptModelException e) {
        throw new UnsupportedModelException(
            "Cannot explain %s: %s".formatted(origin, e.getMessage()), e);
      }
    }

    made.put(mode, explainer);
    return explainer;
  }

  synchronized SplitValues splits() {
    if (splits == null) {
      splits = SplitValues.of(forest);
    }

    return splits;
  }

  Forest forest() {
    return forest;
  }

  ForestShape shape() {
    return ForestShape.of(forest);
  }

  private Explainer make(ContributionMode mode) throws UnsupportedModelException {
    ModelMemory.checkExplaining(origin, Explainer.bytesToMake(forest));
    try {
      return Explainer.of(forest, mode);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(
          "Cannot explain %s: %s; %s".formatted(origin, e.getMessage(), cure()), e);
    }
  }

  private String cure() {
    List<Tree> lacking =
        IntStream.range(0, forest.trees())
            .mapToObj(forest::tree)
            .filter(tree -> !tree.hasCovers())
            .toList();
    if (lacking.stream().anyMatch(tree -> tree.outputs() > 1)) {
      return "XGBoost 2.0 to 3.1 does not save it where leaves are vectors: score the model without contributions, or train it again with 3.2 or newer";
    }

    return lacking.isEmpty()
        ? "score it without contributions"
        : "every XGBoost saves it, so another program has changed the file: take the one that XGBoost saved, or score this one without contributions";
  }
}
