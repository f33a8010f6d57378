package io.paritree.spark.insight.drift;

import io.paritree.drift.DriftWords;
import io.paritree.model.ScoringModel;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.RuleWords;
import io.paritree.spark.settings.JobSettings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The rules of a run, for its model. */
public record DriftRules(List<Rule> rules) {
  private static final String RANKING = "rank:";

  public DriftRules {
    rules = List.copyOf(rules);
  }

  /**
   * Reads the rules of a run for its model. Of a model that ranks, scores of different queries do
   * not compare: among the default rules, those about scores are left out.
   *
   * @throws RuleException if one is about something that the model does not have
   */
  public static DriftRules of(JobSettings.Drift drift, ScoringModel model) throws RuleException {
    List<String> texts = new ArrayList<>(drift.rules());
    if (texts.equals(DriftWords.DEFAULT_RULES) && model.card().objective().startsWith(RANKING)) {
      texts.removeAll(DriftWords.DEFAULT_SCORE_RULES);
    }

    texts.addAll(drift.more());
    RuleWords words = DriftWords.of(model.unexplainedProfileForm());
    List<Rule> rules = new ArrayList<>();
    for (String text : new LinkedHashSet<>(texts)) {
      rules.add(Rule.of(text, words));
    }

    return new DriftRules(rules);
  }
}
