package io.paritree.evidence;

import io.paritree.rule.Reading;
import io.paritree.rule.RuleValues;
import java.time.Instant;
import java.util.List;

/** The values of a document at a time: what it has, and how old it is. */
record DatedValues(EvidenceDocument of, Instant now) implements RuleValues {
  @Override
  public List<String> subjects(String word) {
    return List.of(word);
  }

  @Override
  public Reading value(String subject, String measure) {
    return subject.equals(Age.SUBJECT) ? of.age(now) : of.value(subject, measure);
  }

  /** Only words have baselines, which are what they are compared with. */
  @Override
  public Reading inBaseline(String subject, String measure, String baseline) {
    return ComparisonEvidence.effect(baseline);
  }

  @Override
  public Reading comparison(String subject, String measure, String baseline) {
    throw new IllegalStateException("No measure of a document is compared with a baseline");
  }
}
