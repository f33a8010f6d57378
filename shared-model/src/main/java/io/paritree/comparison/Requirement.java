package io.paritree.comparison;

import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.Verdict;
import java.time.Instant;
import java.util.List;

/**
 * A rule that a challenger must keep, and whether one of several comparisons shows that it does.
 *
 * @param found the value that met it or, if none did, what is known instead
 */
public record Requirement(String rule, boolean isMet, String found) {
  private static final String NO_EVIDENCE = "there is no evidence";

  /**
   * Returns whether a rule is met by one of some comparisons.
   *
   * @throws RuleException if the text is no rule about comparisons
   */
  public static Requirement of(String text, List<ComparisonEvidence> evidence, Instant now)
      throws RuleException {
    Rule rule = Rule.of(text, ComparisonEvidence.words());
    Requirement nearest = new Requirement(rule.text(), false, NO_EVIDENCE);
    for (ComparisonEvidence own : evidence) {
      Verdict verdict = rule.verdict(own.at(now));
      switch (verdict.result()) {
        case FIRED -> {
          return new Requirement(rule.text(), true, own.shown(verdict.findings().get(0)));
        }
        case PASSED ->
            nearest = new Requirement(rule.text(), false, own.shown(verdict.findings().get(0)));
        case NOT_COMPARED -> {
          if (nearest.found.equals(NO_EVIDENCE)) {
            nearest = new Requirement(rule.text(), false, String.join("; ", verdict.absences()));
          }
        }
      }
    }

    return nearest;
  }
}
