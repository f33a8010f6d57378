package io.paritree.serving.runs;

import io.paritree.output.RunReport;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.RunReport.Partition;
import io.paritree.rule.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The part of a report that a list of runs has; its texts are cut.
 *
 * @param published the names of the first partitions that the run has published
 * @param publishedCount how many it has published
 * @param held the names of the first partitions that are held
 * @param heldCount how many are held
 * @param gates why they are: the rules that have fired, or {@code quarantined}, each with how many
 *     partitions it holds; the first ones
 * @param before how many partitions were published before
 * @param seconds of all stages
 */
record RunSummary(
    RunReport.Start start,
    RunReport.Ending ending,
    RunReport.Rows rows,
    List<String> published,
    int publishedCount,
    List<String> held,
    int heldCount,
    Map<String, Integer> gates,
    int before,
    double seconds) {
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
    return new RunSummary(
        report.start(),
        new RunReport.Ending(
            ending.outcome(),
            ending.exitCode(),
            cut(ending.message(), MOST_TEXT),
            ending.groupsLeft()),
        report.rows(),
        names(published),
        published.size(),
        names(held),
        held.size(),
        gates(held),
        report.partitions().before(),
        Math.round(report.seconds().values().stream().mapToDouble(each -> each).sum() * 1000)
            / 1000.0);
  }

  private static Map<String, Integer> gates(List<Partition> held) {
    Map<String, Integer> gates = new LinkedHashMap<>();
    for (Partition partition : held) {
      gates(partition)
          .filter(gate -> gates.containsKey(gate) || gates.size() < MOST_GATES)
          .forEach(gate -> gates.merge(gate, 1, Integer::sum));
    }

    return gates;
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
