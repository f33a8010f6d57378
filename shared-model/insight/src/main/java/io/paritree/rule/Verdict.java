package io.paritree.rule;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What became of a rule. Immutable and thread-safe.
 *
 * @param findings the subjects for which it fired, furthest beyond its limit first; if it passed,
 *     the one that was nearest to it
 * @param absences why subjects are not compared: each reason once, with the number of subjects
 */
public record Verdict(
    @JsonProperty(required = true) String rule,
    @JsonProperty("warning") @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean isWarning,
    @JsonProperty(required = true) Result result,
    List<Finding> findings,
    @JsonProperty("not_compared") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<String> absences) {
  private static final int MOST_SHOWN = 3;

  /** The word for a result in reports is its name in lower case, with blanks. */
  public enum Result {
    FIRED,
    PASSED,
    @JsonEnumDefaultValue
    NOT_COMPARED;

    @JsonValue
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
      @JsonProperty(required = true) String subject,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String measure,
      double value,
      double limit,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String baseline) {
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
}
