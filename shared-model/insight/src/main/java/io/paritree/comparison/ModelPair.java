package io.paritree.comparison;

import io.paritree.UnsupportedModelException;
import io.paritree.feature.Feature;
import io.paritree.forest.ForestShape;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.reasons.Reasons;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two verified models, the champion and its challenger. Immutable and thread-safe.
 *
 * @param champion the model that acts
 * @param challenger the one that may take its place
 */
public record ModelPair(ScoringModel champion, ScoringModel challenger) {
  /** Returns one of them. */
  public ScoringModel of(Side side) {
    return side == Side.CHAMPION ? champion : challenger;
  }

  /**
   * Returns what is compared of their rows.
   *
   * @param keys what the members of a key are called
   * @param by the column whose values divide the rows; empty if they are not divided
   * @param mostMoved how many of the rows that move most are kept
   */
  public ComparisonForm form(List<String> keys, String by, int mostMoved) {
    return ComparisonForm.of(champion.outputs(), challenger.outputs(), keys, by, mostMoved);
  }

  /** Returns how the challenger changes what is read and answered. */
  public Contract contract() {
    return new ContractDifference(contracted(champion), contracted(challenger)).contract();
  }

  private static ContractDifference.Contracted contracted(ScoringModel model) {
    return new ContractDifference.Contracted(
        model.schema(), model.reasonRules(), model.outputs(), model.card().objective());
  }

  /** Returns what they are made of. */
  public ForestComparison forest() {
    return new ForestComparison(facts(champion), facts(challenger));
  }

  private static ForestFacts facts(ScoringModel model) {
    ForestShape shape = model.shape();
    return new ForestFacts(
        model.card().objective(),
        model.card().booster(),
        model.card().rounds(),
        model.card().allRounds(),
        model.card().roundsWhy(),
        shape.trees(),
        shape.leaves(),
        shape.depth(),
        shape.base(),
        model.schema().offsets().stream().map(Feature::column).toList(),
        shape.slots().stream()
            .map(slot -> model.schema().features().get(slot).column())
            .distinct()
            .toList(),
        model.card().importance().map(FieldImportance::means).orElse(Map.of()));
  }

  /** Says which fields move rows, if both models can be explained. */
  public List<Mover> explained(ComparisonForm form, List<MovedRow> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }

    try {
      MoverReasons reasons = new MoverReasons(form, reasons(champion), reasons(challenger));
      return rows.stream().map(reasons::of).toList();
    } catch (UnsupportedModelException e) {
      return rows.stream().map(row -> Mover.notExplained(row, e.getMessage())).toList();
    }
  }

  /** By field, also where a model has groups of them, since the other may group them otherwise. */
  private static Reasons reasons(ScoringModel model) throws UnsupportedModelException {
    List<ReasonRule> ungrouped =
        Collections.nCopies(model.schema().features().size(), ReasonRule.NONE);
    return new Reasons(
        model.explainer(ContributionMode.FAST),
        ContributionMode.FAST,
        model.outputs(),
        ReasonGroup.of(model.schema(), ungrouped));
  }

  /**
   * Returns the whole comparison.
   *
   * @param kind who has compared
   * @param rows what both make of rows, if there were any
   */
  public Comparison comparison(
      String kind, Optional<DataComparison> rows, Instant startedAt, Instant endedAt) {
    return new Comparison(
        kind, model(champion), model(challenger), contract(), forest(), rows, startedAt, endedAt);
  }

  private static ComparedModel model(ScoringModel model) {
    return new ComparedModel(model.modelVersion(), model.digest());
  }
}
