package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.drift.FieldDrift;
import io.paritree.drift.OutputDrift;
import io.paritree.drift.SlicedDrift;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import io.paritree.rule.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
 * @param by the column by whose values the rows are divided; empty if they are not
 * @param slices whose scores have shifted most, the first of them most
 */
public record ReportedDrift(
    List<Verdict> verdicts,
    String accepted,
    String baseline,
    List<Impact> impacts,
    List<ScoreShift> scores,
    String by,
    List<SliceShift> slices) {
  private static final int MOST_IMPACTS = 10;
  private static final int MOST_SLICES = 10;

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

  /**
   * How the scores of a slice are distributed; of several outputs, those of the one that has
   * shifted most.
   *
   * @param slice its name
   * @param rows how many were read
   * @param baseline what they are compared with
   */
  public record SliceShift(String slice, long rows, String baseline, ScoreShift score) {}

  public ReportedDrift {
    slices = List.copyOf(slices);
    verdicts = List.copyOf(verdicts);
    impacts = List.copyOf(impacts);
    scores = List.copyOf(scores);
  }

  /**
   * Returns what is reported.
   *
   * @param drifts of the partition; the first one that compares scores or has impacts counts
   * @param sliced the same of the rows of each value
   */
  public static ReportedDrift of(
      List<Drift> drifts, List<Verdict> verdicts, String accepted, SlicedDrift sliced) {
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
            .toList(),
        sliced.by(),
        sliced.slices().stream()
            .flatMap(slice -> sliceShift(slice).stream())
            .sorted(
                Comparator.comparingDouble((SliceShift one) -> beyondChance(one.score)).reversed())
            .limit(MOST_SLICES)
            .toList());
  }

  private static double beyondChance(ScoreShift score) {
    return score.psi - score.noise;
  }

  /**
   * Returns the shift of a slice's scores: against the same slice of earlier partitions if there is
   * one, since slices differ from the rows of a reference at all times.
   */
  private static Optional<SliceShift> sliceShift(SlicedDrift.Slice slice) {
    Comparator<Drift> referenceLast =
        Comparator.comparing(drift -> drift.baseline().equals(Baseline.REFERENCE));
    return slice.drifts().stream()
        .sorted(referenceLast)
        .flatMap(drift -> sliceShift(slice, drift).stream())
        .findFirst();
  }

  private static Optional<SliceShift> sliceShift(SlicedDrift.Slice slice, Drift drift) {
    return drift.outputs().stream()
        .filter(output -> output.shift().isPresent())
        .map(ReportedDrift::scoreShift)
        .max(Comparator.comparingDouble(ReportedDrift::beyondChance))
        .map(
            score -> new SliceShift(slice.name(), slice.profile().rows(), drift.baseline(), score));
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
    JsonText.optional(json, "by", by);
    if (!by.isEmpty()) {
      JsonText.objects(
          json,
          "slices",
          slices,
          slice -> {
            json.writeStringField("slice", slice.slice);
            json.writeNumberField("rows", slice.rows);
            json.writeStringField("baseline", slice.baseline);
            write(slice.score, json);
          });
    }
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
    List<SliceShift> slices = new ArrayList<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "verdicts", () -> json.list(() -> verdicts.add(Verdict.read(json))),
            "impacts", () -> json.list(() -> impacts.add(readImpact(json))),
            "scores", () -> json.list(() -> scores.add(readScore(json))),
            "slices", () -> json.list(() -> slices.add(readSlice(json))));
    JsonMembers members = new JsonMembers(json, Set.of(), others).read();
    return new ReportedDrift(
        verdicts,
        members.text("accepted", ""),
        members.text("baseline", ""),
        impacts,
        scores,
        members.text("by", ""),
        slices);
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
    JsonMembers members = scoreMembers(json, Set.of(), numbers);
    return score(members, numbers);
  }

  private static SliceShift readSlice(StrictJson json) throws BrokenJsonException {
    double[] numbers = new double[3];
    JsonMembers members = scoreMembers(json, Set.of("rows"), numbers);
    return new SliceShift(
        members.text("slice"),
        members.number("rows"),
        members.text("baseline"),
        score(members, numbers));
  }

  private static JsonMembers scoreMembers(StrictJson json, Set<String> wholes, double[] numbers)
      throws BrokenJsonException {
    Arrays.fill(numbers, Double.NaN);
    Map<String, StrictJson.Value> others =
        Map.of(
            "psi", () -> numbers[0] = json.realDouble(),
            "noise", () -> numbers[1] = json.realDouble(),
            "baseline_mean", () -> numbers[2] = json.realDouble());
    return new JsonMembers(json, wholes, others).read();
  }

  private static ScoreShift score(JsonMembers members, double[] numbers)
      throws BrokenJsonException {
    return new ScoreShift(members.text("output"), numbers[0], numbers[1], numbers[2]);
  }
}
