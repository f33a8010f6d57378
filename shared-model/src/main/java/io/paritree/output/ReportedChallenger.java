package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.comparison.Comparison;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

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
    String name, String version, String digest, String leftOut, String file) {
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

  /** Writes the members. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("name", name);
    JsonText.optional(json, "version", version);
    JsonText.optional(json, "digest", digest);
    JsonText.optional(json, "leftOut", leftOut);
    JsonText.optional(json, "comparison", file);
  }

  /** Reads an object; members of earlier versions are ignored. */
  static ReportedChallenger read(StrictJson json) throws BrokenJsonException {
    JsonMembers members = new JsonMembers(json, Set.of(), Map.of()).read();
    return new ReportedChallenger(
        members.text("name"),
        members.text("version", ""),
        members.text("digest", ""),
        members.text("leftOut", ""),
        members.text("comparison", ""));
  }
}
