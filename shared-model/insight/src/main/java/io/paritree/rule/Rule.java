package io.paritree.rule;

import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.feature.NearestName;
import io.paritree.rule.RuleWords.Measure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A rule about values, which fires when they are beyond its bound. Immutable and thread-safe.
 *
 * <p>Its form is {@code ["warn:"] subject ["." measure ["(" baseline ")"]] operator bound}. The
 * operator is {@code <}, {@code <=}, {@code >}, {@code >=} or {@code !=}; the bound is a number, or
 * names baselines, as in {@code reference + 0.20}, {@code reference * 2} and {@code 0.5 *
 * weekday|previous}, of which the first one that there is counts. A measure may be a path, words
 * with points between them. A subject that is not a word of letters, digits and {@code _} is in
 * double quotes.
 *
 * <p>Of a value that is known within bounds only, the bound counts that is less beyond the rule's:
 * it fires if it fires for each value between them.
 */
public final class Rule {
  private final String text;
  private final boolean isWarning;
  private final String subject;
  private final Measure measure;
  private final String against; // the baseline of a comparison; empty for other measures
  private final Operator operator;
  private final Bound bound;

  private Rule(String text, RuleParser.Read read, Measure measure) {
    this.text = text;
    this.isWarning = read.isWarning();
    this.subject = read.subject();
    this.measure = measure;
    this.against = measure.isComparison() ? read.against().orElse(measure.baselines().get(0)) : "";
    this.operator = read.operator();
    this.bound = read.bound();
  }

  /**
   * Reads a rule.
   *
   * @throws RuleException if it has not the form of one, or has words that are not among these
   */
  public static Rule of(String text, RuleWords words) throws RuleException {
    RuleParser.Read read = new RuleParser(text).read();
    Optional<List<Measure>> measures = words.of(read.subject());
    if (measures.isEmpty()) {
      List<String> others = words.others().examples();
      String more = others.isEmpty() ? "" : ", and names such as " + String.join(" and ", others);
      throw unknown(text, "subject", read.subject(), words.known(), more);
    }

    Measure measure = measure(text, read, measures.get());
    List<String> named = new ArrayList<>(read.bound().baselines());
    read.against().ifPresent(named::add);
    for (String baseline : named) {
      if (!measure.baselines().contains(baseline)) {
        throw unknown(text, "baseline", baseline, measure.baselines(), "");
      }
    }

    if (measure.kind() == Measure.Kind.WORD && !read.bound().isBaseline()) {
      throw refused(
          text,
          "%s.%s is a word; write one of %s as the bound, and nothing else"
              .formatted(
                  Fault.printable(read.subject()),
                  measure.name(),
                  NameList.known(measure.baselines())));
    }

    if (measure.isComparison() && !read.bound().baselines().isEmpty()) {
      throw refused(
          text,
          "%s compares with a baseline itself; write it as %s.%s(%s), and a number as the bound"
              .formatted(
                  measure.name(),
                  Fault.printable(read.subject()),
                  measure.name(),
                  read.bound().baselines().get(0)));
    }

    if (!measure.isComparison() && read.against().isPresent()) {
      throw refused(
          text,
          "%s does not compare with a baseline; write the baseline into the bound, as in %s + 0.1"
              .formatted(measure.name(), read.against().get()));
    }

    return new Rule(text.strip(), read, measure);
  }

  /**
   * Reads a rule of those that must hold: it may not only warn.
   *
   * @throws RuleException if it does, or is none
   */
  public static Rule required(String text, RuleWords words) throws RuleException {
    Rule rule = of(text, words);
    if (rule.isWarning) {
      throw refused(text, "it says what is required, which cannot only warn; leave out 'warn:'");
    }

    return rule;
  }

  private static Measure measure(String text, RuleParser.Read read, List<Measure> measures)
      throws RuleException {
    for (Measure measure : measures) {
      if (measure.name().equals(read.measure())) {
        return measure;
      }
    }

    List<String> names = measures.stream().map(Measure::name).filter(n -> !n.isEmpty()).toList();
    String subject = Fault.printable(read.subject());
    if (names.isEmpty()) {
      throw refused(text, "%s has no measures; write it by itself".formatted(subject));
    }

    if (read.measure().isEmpty()) {
      throw refused(
          text,
          "it names no measure of %s; write one of %s after a point"
              .formatted(subject, NameList.known(names)));
    }

    throw unknown(text, "measure of " + subject, read.measure(), names, "");
  }

  private static RuleException unknown(
      String text, String kind, String name, Collection<String> known, String more) {
    String nearest = NearestName.of(name, known).map("; did you mean %s?"::formatted).orElse("");
    return refused(
        text,
        "there is no %s '%s'%s; known are %s%s"
            .formatted(kind, Fault.printable(name), nearest, NameList.known(known), more));
  }

  /** Returns that a text is no rule here. */
  public static RuleException refused(String text, String why) {
    return new RuleException(
        "Cannot use the rule '%s': %s".formatted(Fault.printable(text.strip()), why));
  }

  /** Returns the rule as it was written. */
  public String text() {
    return text;
  }

  /** Returns what the rule is about: a word for subjects, or one of them. */
  public String subject() {
    return subject;
  }

  /** Returns whether the rule only reports. */
  public boolean isWarning() {
    return isWarning;
  }

  /** Returns the verdict of the rule about some values. */
  public Verdict verdict(RuleValues all) {
    RuleValues values = all.of(subject);
    List<Verdict.Finding> fired = new ArrayList<>();
    List<Verdict.Finding> passed = new ArrayList<>();
    Map<String, Integer> absences = new LinkedHashMap<>();
    for (String each : values.subjects(subject)) {
      Compared compared = compared(each, values);
      if (!compared.absence.isEmpty()) {
        absences.merge(compared.absence, 1, Integer::sum);
      } else if (operator.holds(compared.finding.value(), compared.finding.limit())) {
        fired.add(compared.finding);
      } else {
        passed.add(compared.finding);
      }
    }

    fired.sort(Comparator.comparingDouble(this::beyond).reversed());
    List<Verdict.Finding> nearest =
        passed.stream().max(Comparator.comparingDouble(this::beyond)).stream().toList();
    return new Verdict(
        text,
        isWarning,
        result(fired, passed),
        fired.isEmpty() ? nearest : fired,
        absences.entrySet().stream()
            .map(
                reason ->
                    reason.getValue() == 1
                        ? reason.getKey()
                        : "%s (%s subjects)".formatted(reason.getKey(), reason.getValue()))
            .toList());
  }

  private static Verdict.Result result(List<Verdict.Finding> fired, List<Verdict.Finding> passed) {
    if (!fired.isEmpty()) {
      return Verdict.Result.FIRED;
    }

    return passed.isEmpty() ? Verdict.Result.NOT_COMPARED : Verdict.Result.PASSED;
  }

  private double beyond(Verdict.Finding finding) {
    return operator.beyond(finding.value(), finding.limit());
  }

  /** A subject's finding, or why there is none. */
  private record Compared(Verdict.Finding finding, String absence) {}

  private Compared compared(String each, RuleValues values) {
    if (measure.isComparison()) {
      Reading difference = values.comparison(each, measure.name(), against);
      return compared(each, difference, bound.term(), difference.noise(), against);
    }

    Reading value = values.value(each, measure.name());
    if (bound.baselines().isEmpty() || !value.isPresent()) {
      return compared(each, value, bound.term(), Reading.NONE, "");
    }

    String absence = "";
    for (String baseline : bound.baselines()) {
      Reading there = values.inBaseline(each, measure.name(), baseline);
      if (there.isPresent()) {
        return compared(each, value, bound.limit(there.value()), there.noise(), baseline);
      }

      absence += (absence.isEmpty() ? "" : "; ") + there.absence();
    }

    return new Compared(null, absence);
  }

  private Compared compared(
      String each, Reading value, double limit, double noise, String baseline) {
    if (!value.isPresent()) {
      return new Compared(null, value.absence());
    }

    double counting = operator.limit(value.value(), limit, noise);
    double least = operator.least(value.value(), value.error(), counting);
    return new Compared(new Verdict.Finding(each, measure.name(), least, counting, baseline), "");
  }

  @Override
  public String toString() {
    return text;
  }
}
