package io.paritree.comparison;

import io.paritree.model.layout.Promotion;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What documents must show of a challenger: rules in the grammar of {@link Rule}, each of which one
 * of the documents must meet. Documents that are older than is required show nothing else.
 */
public final class Requirements {
  private static final String NO_EVIDENCE = "there is no evidence";
  private static final String TOO_OLD = "no evidence is as new as required";

  private final List<Rule> rules;

  private Requirements(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * Reads rules.
   *
   * @throws RuleException if one of the texts is no rule about documents
   */
  public static Requirements of(Collection<String> texts) throws RuleException {
    List<Rule> rules = new ArrayList<>();
    for (String text : texts) {
      rules.add(EvidenceWords.rule(text));
    }

    return new Requirements(rules);
  }

  /**
   * Returns for each rule whether one of some documents meets it and none shows otherwise, with the
   * value that met it or, if that is not so, what is known instead. Documents that are older than
   * an age allows show nothing.
   */
  public List<Promotion.Required> verdicts(List<EvidenceDocument> evidence, Instant now) {
    List<EvidenceDocument> fresh = evidence.stream().filter(own -> isFresh(own, now)).toList();
    String absence = evidence.isEmpty() ? NO_EVIDENCE : TOO_OLD;
    return rules.stream()
        .map(rule -> verdict(rule, isOfAge(rule) ? evidence : fresh, now, absence))
        .toList();
  }

  private static boolean isOfAge(Rule rule) {
    return rule.subject().equals(EvidenceWords.AGE);
  }

  private boolean isFresh(EvidenceDocument own, Instant now) {
    return ageOf(own, now).isEmpty();
  }

  /** Returns the rule that a document is too old for, or whose age nobody knows; empty if none. */
  public Optional<String> ageOf(EvidenceDocument own, Instant now) {
    return rules.stream()
        .filter(Requirements::isOfAge)
        .filter(rule -> rule.verdict(own.at(now)).result() != Verdict.Result.FIRED)
        .map(rule -> "it is not as new as required: " + rule.text())
        .findFirst();
  }

  private static Promotion.Required verdict(
      Rule rule, List<EvidenceDocument> evidence, Instant now, String absence) {
    List<String> found = new ArrayList<>();
    Set<String> absences = new TreeSet<>();
    Optional<String> met = Optional.empty();
    for (EvidenceDocument own : evidence) {
      Verdict verdict = rule.verdict(own.at(now));
      switch (verdict.result()) {
        case FIRED -> met = met.or(() -> Optional.of(own.shown(verdict.findings().get(0))));
        case PASSED -> found.add(own.shown(verdict.findings().get(0)));
        case NOT_COMPARED -> absences.addAll(verdict.absences());
      }
    }

    if (met.isPresent() && (found.isEmpty() || isOfAge(rule))) {
      return new Promotion.Required(rule.text(), true, met.get());
    }

    if (found.isEmpty() && absences.isEmpty()) {
      return new Promotion.Required(rule.text(), false, absence);
    }

    return new Promotion.Required(
        rule.text(), false, found.isEmpty() ? String.join("; ", absences) : found.get(0));
  }
}
