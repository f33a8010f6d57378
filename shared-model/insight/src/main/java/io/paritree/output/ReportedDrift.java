package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.paritree.drift.Drift;
import io.paritree.drift.FieldDrift;
import io.paritree.drift.OutputDrift;
import io.paritree.rule.Verdict;
import java.util.List;
import java.util.Optional;

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
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String accepted,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String baseline,
    List<Impact> impacts,
    List<ScoreShift> scores) {
  private static final int MOST_IMPACTS = 10;

  /** By how much a field has changed the mean margin, in margin units. */
  public record Impact(@JsonProperty(required = true) String field, double impact) {}

  /**
   * How scores are distributed.
   *
   * @param psi the population stability index
   * @param noise how large the index becomes by chance
   * @param baselineMean NaN without scores
   */
  public record ScoreShift(
      @JsonProperty(required = true) String output,
      double psi,
      double noise,
      double baselineMean) {}

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
}
