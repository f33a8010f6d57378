package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.drift.Drift;
import io.paritree.drift.FieldDrift;
import io.paritree.drift.OutputDrift;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import io.paritree.rule.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a report says of the drift of a partition; {@code drift.json} has all of it.
 *
 * @param verdicts of all rules
 * @param accepted why the partition was published although rules have fired; empty if it was not
 * @param baseline what impacts and scores are compared with; empty if nothing is compared
 * @param impacts the largest, by their absolute values
 * @param scores one for each output that is compared
 */
public record ReportedDrift(
    List<Verdict> verdicts,
    String accepted,
    String baseline,
    List<Impact> impacts,
    List<ScoreShift> scores) {
  private static final int MOST_IMPACTS = 10;

  /** By how much a field has changed the mean margin, in margin units. */
  public record Impact(String field, double impact) {}

  /**
   * How scores are distributed.
   *
   * @param psi the population stability index
   * @param noise how large the index becomes by chance
   * @param baselineMean NaN without scores
   */
  public record ScoreShift(String output, double psi, double noise, double baselineMean) {}

  public ReportedDrift {
    verdicts = List.copyOf(verdicts);
    impacts = List.copyOf(impacts);
    scores = List.copyOf(scores);
  }

  /**
   * Returns what is reported.
   *
   * @param drifts of the partition; the first one that compares scores or has impacts counts
   */
  public static ReportedDrift of(List<Drift> drifts, List<Verdict> verdicts, String accepted) {
    Optional<Drift> shown =
        drifts.stream()
            .filter(
                drift ->
                    !drift.margins().isEmpty()
                        || drift.outputs().stream().anyMatch(one -> one.shift().isPresent()))
            .findFirst();
    return new ReportedDrift(
        verdicts,
        accepted,
        shown.map(Drift::baseline).orElse(""),
        shown.stream()
            .flatMap(drift -> drift.byImpact().stream())
            .limit(MOST_IMPACTS)
            .map(ReportedDrift::impact)
            .toList(),
        shown.stream()
            .flatMap(drift -> drift.outputs().stream())
            .filter(output -> output.shift().isPresent())
            .map(ReportedDrift::scoreShift)
            .toList());
  }

  private static Impact impact(FieldDrift field) {
    return new Impact(field.name(), field.impact().orElseThrow());
  }

  private static ScoreShift scoreShift(OutputDrift output) {
    return new ScoreShift(
        output.subject(),
        output.shift().orElseThrow().psi(),
        output.shift().orElseThrow().noise(),
        output.mean());
  }

  void write(JsonGenerator json) throws IOException {
    JsonText.objects(json, "verdicts", verdicts, verdict -> verdict.write(json));
    JsonText.optional(json, "accepted", accepted);
    JsonText.optional(json, "baseline", baseline);
    JsonText.objects(
        json,
        "impacts",
        impacts,
        impact -> {
          json.writeStringField("field", impact.field);
          json.writeNumberField("impact", impact.impact);
        });
    JsonText.objects(json, "scores", scores, score -> write(score, json));
  }

  private static void write(ScoreShift score, JsonGenerator json) throws IOException {
    json.writeStringField("output", score.output);
    json.writeNumberField("psi", score.psi);
    json.writeNumberField("noise", score.noise);
    json.writeNumberField("baseline_mean", score.baselineMean);
  }

  static ReportedDrift read(StrictJson json) throws BrokenJsonException {
    List<Verdict> verdicts = new ArrayList<>();
    List<Impact> impacts = new ArrayList<>();
    List<ScoreShift> scores = new ArrayList<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "verdicts", () -> json.list(() -> verdicts.add(Verdict.read(json))),
            "impacts", () -> json.list(() -> impacts.add(readImpact(json))),
            "scores", () -> json.list(() -> scores.add(readScore(json))));
    JsonMembers members = new JsonMembers(json, Set.of(), others).read();
    return new ReportedDrift(
        verdicts, members.text("accepted", ""), members.text("baseline", ""), impacts, scores);
  }

  private static Impact readImpact(StrictJson json) throws BrokenJsonException {
    double[] impact = {Double.NaN};
    JsonMembers members =
        new JsonMembers(json, Set.of(), Map.of("impact", () -> impact[0] = json.realDouble()))
            .read();
    return new Impact(members.text("field"), impact[0]);
  }

  private static ScoreShift readScore(StrictJson json) throws BrokenJsonException {
    double[] numbers = new double[3];
    Arrays.fill(numbers, Double.NaN);
    Map<String, StrictJson.Value> others =
        Map.of(
            "psi", () -> numbers[0] = json.realDouble(),
            "noise", () -> numbers[1] = json.realDouble(),
            "baseline_mean", () -> numbers[2] = json.realDouble());
    JsonMembers members = new JsonMembers(json, Set.of(), others).read();
    return new ScoreShift(members.text("output"), numbers[0], numbers[1], numbers[2]);
  }
}
