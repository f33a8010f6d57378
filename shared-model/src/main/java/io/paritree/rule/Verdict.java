package io.paritree.rule;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What became of a rule. Immutable and thread-safe.
 *
 * @param findings the subjects for which it fired, furthest beyond its limit first; if it passed,
 *     the one that was nearest to it
 * @param absences why subjects are not compared: each reason once, with the number of subjects
 */
public record Verdict(
    String rule, boolean isWarning, Result result, List<Finding> findings, List<String> absences) {
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

  /** Writes the members of the verdict. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("rule", rule);
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
}
