package io.paritree.model.difference;

import io.paritree.comparison.ComparisonEvidence;
import io.paritree.model.layout.Promotion;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.Verdict;
import java.time.Instant;
import java.util.List;

/** Whether one of several comparisons shows what is required of a challenger. */
public final class Requirements {
  private static final String NO_EVIDENCE = "there is no evidence";

  private Requirements() {}

  /**
   * Returns whether a rule is met by one of some comparisons, with the value that met it or, if
   * none did, what is known instead.
   *
   * @throws RuleException if the text is no rule about comparisons
   */
  public static Promotion.Required of(String text, List<ComparisonEvidence> evidence, Instant now)
      throws RuleException {
    Rule rule = Rule.required(text, ComparisonEvidence.words());
    String found = NO_EVIDENCE;
    for (ComparisonEvidence own : evidence) {
      Verdict verdict = rule.verdict(own.at(now));
      switch (verdict.result()) {
        case FIRED -> {
          return new Promotion.Required(rule.text(), true, own.shown(verdict.findings().get(0)));
        }
        case PASSED -> found = own.shown(verdict.findings().get(0));
        case NOT_COMPARED -> {
          if (found.equals(NO_EVIDENCE)) {
            found = String.join("; ", verdict.absences());
          }
        }
      }
    }

    return new Promotion.Required(rule.text(), false, found);
  }
}
