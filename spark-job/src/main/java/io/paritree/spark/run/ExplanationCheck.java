package io.paritree.spark.run;

import io.paritree.UnsupportedModelException;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.reasons.Reasons;
import io.paritree.spark.output.OutputColumns;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Checks that the model has the reasons and contributions that a run asks for.
 *
 * @param problems receives what prevents the run
 */
record ExplanationCheck(ScoringModel model, OutputColumns columns, List<String> problems) {
  void check(ExplanationSettings asked) {
    String option = asked.hasReasons() ? "--reasons" : "--contributions";
    Reasons reasons;
    try {
      reasons = Reasons.of(model, ContributionMode.FAST);
    } catch (UnsupportedModelException e) {
      problems.add("%s cannot be written: %s".formatted(option, e.getMessage()));
      return;
    }

    if (asked.contributions()) {
      checkNames();
    }

    if (!asked.hasReasons()) {
      return;
    }

    if (asked.most() > reasons.groups().size()) {
      problems.add(
          "--reasons is %s, but the model has %s fields"
              .formatted(asked.most(), reasons.groups().size()));
    }

    reasons
        .winnerProblem()
        .ifPresent(problem -> problems.add("--reasons cannot be written: " + problem));

    if (model.outputs().kind() == Outputs.Kind.CLASS_INDEX && !Float.isNaN(asked.above())) {
      problems.add("--reasons-from cannot be used: the model's score is the number of a class");
    }
  }

  /** Refuses contributions if two would be in one column for readers that ignore case. */
  private void checkNames() {
    Set<String> seen = new HashSet<>();
    for (String name : columns.contributions()) {
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        problems.add(
            "--contributions cannot be written: two columns would be called '%s', if case is ignored;"
                    .formatted(name)
                + " seal the model with other names of outputs, or use scripts/model predict --emit"
                + " contributions, which numbers them");
      }
    }
  }
}
