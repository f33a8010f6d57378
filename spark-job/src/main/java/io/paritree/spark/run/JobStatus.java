package io.paritree.spark.run;

import io.paritree.Fault;
import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.RunName;
import io.paritree.spark.report.Outcome;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The answer to {@code --status}: which runs on an output have ended, and which have not.
 *
 * @param text the printed lines
 * @param outcome how the run ended that was asked for, or {@link Outcome#FAILED} if it has not
 *     ended; {@link Outcome#CHECKED} if none was asked for
 */
record JobStatus(String text, Outcome outcome) {
  private static final int MAX_RUNS = 20;
  private static final int MAX_REASON = 1_000;

  /**
   * Returns the last 20 ended runs, newest last, and all runs that have not ended.
   *
   * @param run the id of the only runs to show; empty for all
   */
  static JobStatus of(OutputPlace place, String run) throws IOException {
    List<RunReport> reports = reports(place);
    List<String> unfinished = new ArrayList<>(place.unfinished());
    if (!run.isEmpty()) {
      reports.removeIf(report -> !run.equals(report.start().run()));
      unfinished.removeIf(name -> !run.equals(RunName.idOf(name)));
    }

    StringBuilder text = new StringBuilder("Output %s\n".formatted(place.output()));
    if (reports.isEmpty()) {
      text.append("  no run%s has ended here\n".formatted(run.isEmpty() ? "" : " " + run));
    }

    reports.stream()
        .skip(Math.max(0, reports.size() - MAX_RUNS))
        .forEach(report -> text.append(line(report)));
    for (String name : unfinished) {
      text.append(
          "  %s has not ended: it runs, or was killed (--recover shows which)\n".formatted(name));
    }

    return new JobStatus(
        text.toString(), run.isEmpty() ? Outcome.CHECKED : outcome(reports, unfinished));
  }

  /** Returns the reports of ended runs, by the times when the runs began. */
  private static List<RunReport> reports(OutputPlace place) throws IOException {
    List<FileEntry> runs = new ArrayList<>(place.listOrNone(place.runs()));
    // The groups of one run have the same start time, by which the reports are sorted below. That
    // sort is stable, so the groups stay in the order in which they ended.
    runs.sort(Comparator.comparingLong(FileEntry::modifiedMillis));
    List<RunReport> reports = new ArrayList<>();
    for (FileEntry entry : runs) {
      try {
        Location file = entry.location().resolve(StateDirectory.REPORT);
        reports.add(RunReport.fromJson(place.store().read(file), file.toString()));
      } catch (NoSuchFileException e) {
        // The run's report was not written, or no run made this entry.
      }
    }

    reports.sort(Comparator.comparing(report -> report.start().startedAt()));
    return reports;
  }

  private static String line(RunReport report) {
    String reason =
        Fault.printable(report.ending().message().replaceAll("\\s*\n\\s*", " "), MAX_REASON);
    int held = report.partitions().held().size();
    return "  %s  %s  %s, exit code %s, %s scored, %s quarantined%s%s\n"
        .formatted(
            report.start().startedAt(),
            report.start().run(),
            report.ending().outcome(),
            report.ending().exitCode(),
            report.rows().scored(),
            report.rows().quarantined(),
            held == 0
                ? ""
                : ", %s partitions published, %s held"
                    .formatted(report.partitions().published(), held),
            reason.isEmpty() ? "" : ": " + reason);
  }

  /**
   * Returns how the newest run ended: as its last group, or as the first that holds partitions. It
   * has not ended if another group was to follow its last one.
   */
  private static Outcome outcome(List<RunReport> reports, List<String> unfinished) {
    if (reports.isEmpty() || !unfinished.isEmpty()) {
      return Outcome.FAILED;
    }

    RunReport last = reports.get(reports.size() - 1);
    boolean goesOn = last.ending().exitCode() == 0 || isHolding(last);
    if (goesOn && last.ending().groupsLeft() > 0) {
      return Outcome.FAILED;
    }

    return reports.stream()
        .filter(group -> last.ending().exitCode() == 0 && isHolding(group))
        .filter(group -> group.start().startedAt().equals(last.start().startedAt()))
        .findFirst()
        .or(() -> Optional.of(last))
        .flatMap(group -> Outcome.ofWord(group.ending().outcome()))
        .orElse(Outcome.FAILED);
  }

  private static boolean isHolding(RunReport group) {
    return !group.partitions().held().isEmpty();
  }
}
