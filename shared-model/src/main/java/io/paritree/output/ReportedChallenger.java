package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.comparison.Comparison;
import io.paritree.comparison.LabelFlips;
import io.paritree.comparison.OutputComparison;
import io.paritree.comparison.RowComparison;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run's report says of a challenger: how it compares with the model that scored, or why it
 * was left out.
 *
 * @param name by which the run calls it
 * @param version such as {@code credit/4}; empty if it could not be opened
 * @param digest of its package; empty if it could not be opened
 * @param leftOut why it was not compared; empty if it was
 * @param scoredAlone why it was scored by itself, not as one with the model that scored; empty if
 *     it was not, or is not known
 * @param file of the comparison, beside the report; empty if there is none
 * @param rows by the models that have scored them: {@code both}, {@code only_champion}, {@code
 *     only_challenger}, {@code neither}; of both, those with {@code equal_bits}
 * @param measures as requirements name them, those that there are
 */
public record ReportedChallenger(
    String name,
    String version,
    String digest,
    String leftOut,
    String scoredAlone,
    String file,
    Map<String, Long> rows,
    Map<String, Double> measures) {
  private static final String BOTH = "both";

  public ReportedChallenger {
    rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
    measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
  }

  /** Returns what is said of a challenger that was not compared. */
  public static ReportedChallenger leftOut(String name, String why) {
    return new ReportedChallenger(name, "", "", why, "", "", Map.of(), Map.of());
  }

  /**
   * Returns what is said of a challenger whose comparison is beside the report.
   *
   * @param scoredAlone why it was scored by itself; empty if it was not
   */
  public static ReportedChallenger compared(
      String name, Comparison comparison, String scoredAlone) {
    Map<String, Long> rows = new LinkedHashMap<>();
    Map<String, Double> measures = new LinkedHashMap<>();
    comparison.rows().ifPresent(all -> add(all.whole(), rows, measures));
    return new ReportedChallenger(
        name,
        comparison.challenger().version(),
        comparison.challenger().digest(),
        "",
        scoredAlone,
        StoredComparison.file(name).orElseThrow(),
        rows,
        measures);
  }

  /**
   * Returns what is said of the challengers of a run with several groups: that one was left out of
   * some, or else how it compares in the last group that has rows of both.
   *
   * @param groups what is said of each group, in order
   */
  public static List<ReportedChallenger> ofGroups(List<List<ReportedChallenger>> groups) {
    Map<String, List<ReportedChallenger>> byName = new LinkedHashMap<>();
    groups.forEach(
        group ->
            group.forEach(
                one -> byName.computeIfAbsent(one.name, any -> new ArrayList<>()).add(one)));
    return byName.values().stream().map(ReportedChallenger::ofGroup).toList();
  }

  private static ReportedChallenger ofGroup(List<ReportedChallenger> each) {
    List<ReportedChallenger> without = each.stream().filter(one -> !one.isCompared()).toList();
    if (!without.isEmpty() && without.size() < each.size()) {
      ReportedChallenger first = without.get(0);
      String some = "in %s of %s groups: %s";
      return leftOut(first.name, some.formatted(without.size(), each.size(), first.leftOut));
    }

    return each.stream()
        .filter(one -> one.rows.getOrDefault(BOTH, 0L) > 0)
        .reduce((one, later) -> later)
        .orElse(each.get(each.size() - 1));
  }

  private boolean isCompared() {
    return leftOut.isEmpty();
  }

  private static void add(RowComparison all, Map<String, Long> rows, Map<String, Double> measures) {
    rows.put(BOTH, all.rows());
    rows.put("only_champion", all.onlyChampion());
    rows.put("only_challenger", all.onlyChallenger());
    rows.put("neither", all.neither());
    rows.put("equal_bits", all.equalBits());
    all.flips().map(LabelFlips::share).ifPresent(share -> measures.put("flips.share", share));
    all.worst().ifPresent(worst -> add(worst, measures));
    measures.values().removeIf(value -> value.isNaN());
  }

  private static void add(OutputComparison worst, Map<String, Double> measures) {
    measures.put("ks", worst.ks());
    if (worst.error() > 0) {
      measures.put("error", worst.error());
    }

    measures.put("psi", worst.psi());
    measures.put("difference.p99", worst.difference().p99());
    measures.put("difference.max", worst.difference().max());
  }

  /** Writes the members. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("name", name);
    JsonText.optional(json, "version", version);
    JsonText.optional(json, "digest", digest);
    JsonText.optional(json, "leftOut", leftOut);
    JsonText.optional(json, "scoredAlone", scoredAlone);
    JsonText.optional(json, "comparison", file);
    if (!rows.isEmpty()) {
      JsonText.counts(json, "rows", rows);
      json.writeObjectFieldStart("measures");
      for (Map.Entry<String, Double> measure : measures.entrySet()) {
        json.writeNumberField(measure.getKey(), measure.getValue());
      }

      json.writeEndObject();
    }
  }

  static ReportedChallenger read(StrictJson json) throws BrokenJsonException {
    Map<String, Long> rows = new LinkedHashMap<>();
    Map<String, Double> measures = new LinkedHashMap<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "rows", () -> json.namedValues(of -> rows.put(of, json.integer(0, Long.MAX_VALUE))),
            "measures", () -> json.namedValues(of -> measures.put(of, json.realDouble())));
    JsonMembers members = new JsonMembers(json, Set.of(), others).read();
    return new ReportedChallenger(
        members.text("name"),
        members.text("version", ""),
        members.text("digest", ""),
        members.text("leftOut", ""),
        members.text("scoredAlone", ""),
        members.text("comparison", ""),
        rows,
        measures);
  }
}
