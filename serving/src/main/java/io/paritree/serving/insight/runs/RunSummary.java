package io.paritree.serving.insight.runs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.paritree.output.RunReport;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.RunReport.Partition;
import io.paritree.rule.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The part of a report that a list of runs has; its texts are cut.
 *
 * @param published the names of the first partitions that the run has published
 * @param held the names of the first partitions that are held
 * @param heldBy why they are: the rules that have fired, or {@code quarantined}; the first ones
 * @param namesLeft how many names of partitions are left out
 * @param alreadyPublished how many partitions were published before
 * @param modelVersion empty if there was no model
 * @param seconds of all stages
 */
record RunSummary(
    String runId,
    String startedAt,
    @JsonUnwrapped RunReport.Ending ending,
    @JsonUnwrapped RunReport.Rows rows,
    List<String> published,
    List<String> held,
    List<Gate> heldBy,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int namesLeft,
    int alreadyPublished,
    Optional<String> modelVersion,
    double seconds) {
  /** How many partitions are held for a reason. */
  record Gate(String gate, int partitions) {}

  private static final int MOST_NAMES = 100;
  private static final int MOST_CHARACTERS = 4_000; // of names
  private static final int MOST_TEXT = 2_000;
  private static final int MOST_GATE = 200;
  private static final int MOST_GATES = 20;
  private static final String BY_RULES = "held";

  static RunSummary of(RunReport report) {
    RunReport.Ending ending = report.ending();
    List<Partition> published = report.partitions().ofRun();
    List<Partition> held = report.partitions().held();
    List<String> publishedNames = names(published);
    List<String> heldNames = names(held);
    RunReport.Start start = report.start();
    return new RunSummary(
        start.run(),
        start.startedAt(),
        new RunReport.Ending(
            ending.outcome(),
            ending.exitCode(),
            cut(ending.message(), MOST_TEXT),
            ending.groupsLeft()),
        report.rows(),
        publishedNames,
        heldNames,
        gates(held),
        published.size() - publishedNames.size() + held.size() - heldNames.size(),
        report.partitions().before(),
        start.model().map(RunReport.Model::version),
        Math.round(report.seconds().values().stream().mapToDouble(each -> each).sum() * 1000)
            / 1000.0);
  }

  private static List<Gate> gates(List<Partition> held) {
    Map<String, Integer> gates = new LinkedHashMap<>();
    for (Partition partition : held) {
      gates(partition)
          .filter(gate -> gates.containsKey(gate) || gates.size() < MOST_GATES)
          .forEach(gate -> gates.merge(gate, 1, Integer::sum));
    }

    return gates.entrySet().stream().map(one -> new Gate(one.getKey(), one.getValue())).toList();
  }

  private static Stream<String> gates(Partition held) {
    Stream<String> rules =
        held.drift().stream()
            .flatMap(drift -> drift.verdicts().stream())
            .filter(Verdict::holds)
            .map(Verdict::rule);
    Stream<String> others =
        held.hold().map(Hold::outcome).filter(outcome -> !outcome.equals(BY_RULES)).stream();
    return Stream.concat(others, rules).map(gate -> cut(gate, MOST_GATE)).distinct();
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }

  private static List<String> names(List<Partition> partitions) {
    List<String> names = new ArrayList<>();
    int characters = 0;
    for (Partition partition : partitions) {
      characters += partition.path().length();
      if (names.size() == MOST_NAMES || characters > MOST_CHARACTERS) {
        break;
      }

      names.add(partition.path());
    }

    return names;
  }
}
