package io.paritree.spark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.spark.ending.Outcome;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.RunName;
import io.paritree.spark.report.JobReportWriter;
import io.paritree.store.FileEntry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The answer to {@code --status}: which runs on an output have ended, and which have not.
 *
 * @param text what is printed
 * @param outcome how the run ended that was asked for, or {@link Outcome#FAILED} if it has not
 *     ended; {@link Outcome#CHECKED} if none was asked for
 */
record JobStatus(String text, Outcome outcome) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_RUNS = 20;
  private static final int MAX_REASON = 1_000;

  /**
   * Returns the last 20 ended runs, newest last, and all runs that have not ended.
   *
   * @param run the id of the only runs to show; empty for all
   */
  static JobStatus of(OutputPlace place, String run) throws IOException {
    List<Map<String, String>> reports = reports(place);
    List<String> unfinished = new ArrayList<>(place.unfinished());
    if (!run.isEmpty()) {
      reports.removeIf(report -> !run.equals(report.get("run")));
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
  private static List<Map<String, String>> reports(OutputPlace place) throws IOException {
    List<FileEntry> runs = new ArrayList<>(place.listOrNone(place.runs()));
    // The groups of one run have the same start time, by which the reports are sorted below. That
    // sort is stable, so the groups stay in the order in which they ended.
    runs.sort(Comparator.comparingLong(FileEntry::modifiedMillis));
    List<Map<String, String>> reports = new ArrayList<>();
    for (FileEntry entry : runs) {
      try {
        reports.add(texts(place.store().read(entry.location().resolve(JobReportWriter.FILE))));
      } catch (NoSuchFileException e) {
        // The run's report was not written, or no run made this entry.
      }
    }

    reports.sort(Comparator.comparing(report -> report.getOrDefault("startedAt", "")));
    return reports;
  }

  private static String line(Map<String, String> report) {
    String message = report.getOrDefault("message", "");
    String reason = Fault.printable(message.replaceAll("\\s*\n\\s*", " "), MAX_REASON);
    return "  %s  %s  %s, exit code %s, %s scored, %s quarantined%s\n"
        .formatted(
            report.get("startedAt"),
            report.get("run"),
            report.get("outcome"),
            report.get("exitCode"),
            report.get("scored"),
            report.get("quarantined"),
            reason.isEmpty() ? "" : ": " + reason);
  }

  /** Returns how the newest run ended; it has not if another group was to follow its last one. */
  private static Outcome outcome(List<Map<String, String>> reports, List<String> unfinished) {
    if (reports.isEmpty() || !unfinished.isEmpty()) {
      return Outcome.FAILED;
    }

    Map<String, String> last = reports.get(reports.size() - 1);
    Outcome outcome = Outcome.ofWord(last.getOrDefault("outcome", "")).orElse(Outcome.FAILED);
    boolean isLastGroup = last.getOrDefault("groupsLeft", "0").equals("0");
    return outcome.exitCode() == 0 && !isLastGroup ? Outcome.FAILED : outcome;
  }

  private static Map<String, String> texts(byte[] report) throws IOException {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = JSON.createParser(report)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value.isScalarValue()) {
          texts.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
    }

    return texts;
  }
}
