package io.paritree.spark.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.output.ScoreHistogram;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * {@code report.json}: a {@link JobReport} under the names and in the order that readers of the
 * file rely on. The components are the members that {@code --status} reads.
 *
 * @param outcome {@link io.paritree.spark.ending.Outcome#word}
 * @param published how many partitions
 * @param held how many partitions were scored and are held
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReportFile(
    String run,
    String outcome,
    int exitCode,
    String message,
    String startedAt,
    int groupsLeft,
    long scored,
    long quarantined,
    int published,
    int held) {
  public static final String NAME = "report.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT = 1;

  /** The distribution of the first score; there is at least one. */
  record Scores(long count, double mean, float min, float max, List<Float> deciles) {
    static Scores of(ScoreHistogram scores) {
      return new Scores(
          scores.count(),
          scores.mean(),
          scores.min(),
          scores.max(),
          IntStream.rangeClosed(1, 9).mapToObj(tenth -> scores.quantile(tenth / 10.0)).toList());
    }
  }

  public ReportFile {
    run = Objects.requireNonNullElse(run, "");
    outcome = Objects.requireNonNullElse(outcome, "");
    message = Objects.requireNonNullElse(message, "");
    startedAt = Objects.requireNonNullElse(startedAt, "");
  }

  /** Returns the file's content, indented; seconds are rounded to milliseconds. */
  public static byte[] json(JobReport report) throws IOException {
    JobReport.Run run = report.run();
    PartitionReport total = report.total();
    Map<String, Double> seconds = new LinkedHashMap<>();
    report
        .times()
        .stages()
        .forEach((stage, took) -> seconds.put(stage, Math.round(took * 1000) / 1000.0));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("run", run.id());
    json.put("outcome", report.outcome().word());
    json.put("exitCode", report.exitCode());
    json.put("message", report.message());
    json.put("startedAt", run.startedAt());
    json.put("groupsLeft", report.groupsLeft());
    run.model().ifPresent(model -> json.put("model", model));
    json.put("input", run.input());
    if (!run.inputVersion().isEmpty()) {
      json.put("inputVersion", run.inputVersion());
    }

    json.put("output", run.output());
    json.put("read", total.read());
    json.put("scored", total.scored());
    json.put("quarantined", total.quarantined());
    json.put("published", report.partitions().published().size());
    json.put("held", report.partitions().held().size());
    json.put("alreadyPublished", report.partitions().before().size());
    if (report.rowsPerSecond() > 0) {
      json.put("rowsPerSecond", Math.round(report.rowsPerSecond()));
    }

    json.put("quarantine", report.quarantine().place());
    json.put("codes", report.quarantine().codes());
    json.put("faults", report.quarantine().faults());
    json.put("missing", report.values().missing());
    json.put("unseen", report.values().unseen());
    json.put("changed", report.values().changed());
    if (report.duplicateKeys() != JobReport.NOT_COUNTED) {
      json.put("duplicateKeys", report.duplicateKeys());
    }

    boolean isScored = report.scores().count() > 0;
    json.put("scores", isScored ? Scores.of(report.scores()) : Map.of("count", 0));
    json.put("seconds", seconds);
    json.put("partitions", report.partitions().scored());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }

  /**
   * Reads a report; members that this version does not read are ignored.
   *
   * @param where the file, for messages
   * @throws IOException if this is not a report
   */
  public static ReportFile fromJson(byte[] json, String where) throws IOException {
    try {
      return JSON.readValue(json, ReportFile.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Cannot read %s: it is not the report of a run: %s"
              .formatted(where, e.getOriginalMessage()),
          e);
    }
  }
}
