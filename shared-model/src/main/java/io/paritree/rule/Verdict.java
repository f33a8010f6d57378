package io.paritree.rule;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What became of a rule. Immutable and thread-safe.
 *
 * @param findings the subjects for which it fired, furthest beyond its limit first; if it passed,
 *     the one that was nearest to it
 * @param absences why subjects are not compared: each reason once, with the number of subjects
 */
public record Verdict(
    String rule, boolean isWarning, Result result, List<Finding> findings, List<String> absences) {
  private static final int MOST_SHOWN = 3;

  /** The word for a result in reports is its name in lower case, with blanks. */
  public enum Result {
    FIRED,
    PASSED,
    NOT_COMPARED;

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * A subject that was compared.
   *
   * @param measure empty for the only one of the subject
   * @param limit what the value was compared with, noise included
   * @param baseline empty if the rule has none
   */
  public record Finding(
      String subject, String measure, double value, double limit, String baseline) {
    /** Returns the subject, its measure, its value and the limit, for a message. */
    public String text() {
      return "%s is %s, limit %s%s"
          .formatted(
              measure.isEmpty() ? subject : subject + "." + measure,
              number(value),
              number(limit),
              baseline.isEmpty() ? "" : " by " + baseline);
    }

    /** Returns the same of another value. */
    public Finding of(double other) {
      return new Finding(subject, measure, other, limit, baseline);
    }

    /** Returns the value in a few digits. */
    public String number() {
      return number(value);
    }

    /** Returns how far the value is from the limit. */
    public double beyond() {
      return Math.abs(value - limit);
    }

    private static String number(double value) {
      boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1e15;
      return isWhole ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.4g", value);
    }
  }

  public Verdict {
    findings = List.copyOf(findings);
    absences = List.copyOf(absences);
  }

  /** Returns whether the rule fired and is more than a warning. */
  public boolean holds() {
    return result == Result.FIRED && !isWarning;
  }

  /** Returns the rule and the subjects for which it has fired, for a message. */
  public String text() {
    String some =
        findings.stream().limit(MOST_SHOWN).map(Finding::text).collect(Collectors.joining("; "));
    int left = findings.size() - MOST_SHOWN;
    return "%s: %s%s".formatted(rule, some, left > 0 ? "; and %s more".formatted(left) : "");
  }

  /** Writes the members of the verdict. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("rule", rule);
    if (isWarning) {
      json.writeBooleanField("warning", true);
    }

    json.writeStringField("result", result.word());
    JsonText.objects(json, "findings", findings, finding -> write(finding, json));
    if (!absences.isEmpty()) {
      JsonText.array(json, "not_compared", absences, json::writeString);
    }
  }

  private static void write(Finding finding, JsonGenerator json) throws IOException {
    json.writeStringField("subject", finding.subject);
    JsonText.optional(json, "measure", finding.measure);
    json.writeNumberField("value", finding.value);
    json.writeNumberField("limit", finding.limit);
    JsonText.optional(json, "baseline", finding.baseline);
  }

  /**
   * Reads a verdict; members that this version does not know are ignored.
   *
   * @param json its current token is the first of the verdict
   */
  public static Verdict read(StrictJson json) throws BrokenJsonException {
    boolean[] isWarning = {false};
    List<Finding> findings = new ArrayList<>();
    List<String> absences = new ArrayList<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "warning", () -> isWarning[0] = json.truth(),
            "findings", () -> json.list(() -> findings.add(finding(json))),
            "not_compared", () -> json.list(() -> absences.add(json.text())));
    JsonMembers verdict = new JsonMembers(json, Set.of(), others).read();
    String word = verdict.text("result");
    return new Verdict(
        verdict.text("rule"),
        isWarning[0],
        Arrays.stream(Result.values())
            .filter(result -> result.word().equals(word))
            .findFirst()
            .orElse(Result.NOT_COMPARED),
        findings,
        absences);
  }

  private static Finding finding(StrictJson json) throws BrokenJsonException {
    double[] numbers = {Double.NaN, Double.NaN};
    Map<String, StrictJson.Value> others =
        Map.of(
            "value", () -> numbers[0] = json.realDouble(),
            "limit", () -> numbers[1] = json.realDouble());
    JsonMembers finding = new JsonMembers(json, Set.of(), others).read();
    return new Finding(
        finding.text("subject"),
        finding.text("measure", ""),
        numbers[0],
        numbers[1],
        finding.text("baseline", ""));
  }
}
