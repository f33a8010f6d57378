package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.paritree.comparison.Comparison;

/**
 * Where a run's report has the comparison with a challenger, or why it has none.
 *
 * @param name by which the run calls it
 * @param version such as {@code credit/4}; empty if it was left out
 * @param digest of its package; empty if it was left out
 * @param leftOut why it was not compared; empty if it was
 * @param file of the comparison, beside the report; empty if there is none
 */
public record ReportedChallenger(
    @JsonProperty(required = true) String name,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String version,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String digest,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonAlias("leftOut") String leftOut,
    @JsonProperty("comparison") @JsonInclude(JsonInclude.Include.NON_EMPTY) String file) {
  /** Returns what is said of a challenger that was not compared. */
  public static ReportedChallenger leftOut(String name, String why) {
    return new ReportedChallenger(name, "", "", why, "");
  }

  /** Returns what is said of a challenger whose comparison is beside the report. */
  public static ReportedChallenger compared(String name, Comparison comparison) {
    return new ReportedChallenger(
        name,
        comparison.challenger().version(),
        comparison.challenger().digest(),
        "",
        StoredComparison.file(name).orElseThrow());
  }
}
