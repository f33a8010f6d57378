package io.paritree.spark.report;

import io.paritree.Fault;
import io.paritree.output.ReportedDrift;
import io.paritree.output.RunReport.Partition;
import io.paritree.rule.Verdict;
import io.paritree.rule.Verdict.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How the rows of partitions differ from others, for the console. */
final class DriftTable {
  private static final int MOST_PARTITIONS = 10;
  private static final int MOST_REASONS = 5;
  private static final int MOST_IMPACTS = 5;

  private DriftTable() {}

  /** Returns the lines; empty if nothing was compared. */
  static String of(List<Partition> partitions) {
    List<Partition> compared =
        partitions.stream().filter(partition -> partition.drift().isPresent()).toList();
    List<Verdict> verdicts =
        compared.stream().flatMap(one -> one.drift().orElseThrow().verdicts().stream()).toList();
    if (compared.isEmpty()) {
      return "";
    }

    StringBuilder text = new StringBuilder();
    text.append(
        "  drift: %s passed, %s fired, %s not compared\n"
            .formatted(
                rules(count(verdicts, Result.PASSED)),
                rules(count(verdicts, Result.FIRED)),
                rules(count(verdicts, Result.NOT_COMPARED))));
    List<Partition> shown = compared.size() == 1 ? compared : fired(compared);
    shown.stream().limit(MOST_PARTITIONS).forEach(partition -> text.append(lines(partition)));
    if (shown.size() > MOST_PARTITIONS) {
      text.append(
          "    rules fired for %s more partitions\n".formatted(shown.size() - MOST_PARTITIONS));
    }

    return text.append(notCompared(verdicts)).toString();
  }

  private static long count(List<Verdict> verdicts, Result result) {
    return verdicts.stream().filter(verdict -> verdict.result() == result).count();
  }

  private static String rules(long count) {
    return count == 1 ? "1 rule" : SummaryTable.grouped(count) + " rules";
  }

  private static List<Partition> fired(List<Partition> partitions) {
    return partitions.stream()
        .filter(partition -> count(partition.drift().orElseThrow().verdicts(), Result.FIRED) > 0)
        .toList();
  }

  private static String lines(Partition partition) {
    ReportedDrift drift = partition.drift().orElseThrow();
    List<String> lines = new ArrayList<>();
    for (Verdict verdict : drift.verdicts()) {
      if (verdict.result() == Result.FIRED) {
        lines.add("fired: " + verdict.text());
      }
    }

    if (!drift.accepted().isEmpty()) {
      lines.add("accepted: " + Fault.printableLine(drift.accepted()));
    }

    if (!drift.impacts().isEmpty()) {
      lines.add(
          "mean margin against %s: %s"
              .formatted(
                  drift.baseline(),
                  drift.impacts().stream()
                      .limit(MOST_IMPACTS)
                      .map(impact -> impact.field() + " " + signed(impact.impact()))
                      .collect(Collectors.joining(", "))));
    }

    drift.scores().forEach(score -> lines.add(line(score, drift.baseline())));
    String name = partition.path().isEmpty() ? "" : partition.path() + ": ";
    return lines.stream().map(line -> "    " + name + line + "\n").collect(Collectors.joining());
  }

  private static String line(ReportedDrift.ScoreShift score, String baseline) {
    return "%s against %s: psi %s, of which %s can be chance"
        .formatted(score.output(), baseline, shown(score.psi()), shown(score.noise()));
  }

  private static String signed(double number) {
    return String.format(Locale.ROOT, "%+.4g", number);
  }

  private static String shown(double number) {
    return String.format(Locale.ROOT, "%.4f", number);
  }

  private static String notCompared(List<Verdict> verdicts) {
    Map<String, Integer> reasons = new LinkedHashMap<>();
    for (Verdict verdict : verdicts) {
      if (verdict.result() == Result.NOT_COMPARED) {
        reasons.merge(
            "%s: %s".formatted(verdict.rule(), String.join("; ", verdict.absences())),
            1,
            Integer::sum);
      }
    }

    return reasons.entrySet().stream()
        .limit(MOST_REASONS)
        .map(
            reason ->
                "    not compared: %s%s\n"
                    .formatted(
                        reason.getKey(),
                        reason.getValue() == 1
                            ? ""
                            : " (%s partitions)".formatted(reason.getValue())))
        .collect(Collectors.joining());
  }
}
