package io.paritree.spark.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
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
 * The content of {@code report.json}: a {@link JobReport} under the names and in the order that
 * readers of the file rely on.
 *
 * @param outcome {@link io.paritree.spark.ending.Outcome#word}
 * @param model null, and not written, if none was opened
 * @param inputVersion empty, and not written, if the input has no versions
 * @param published how many partitions; they are the first of {@code partitions}
 * @param held how many partitions were scored and are held
 * @param alreadyPublished how many partitions
 * @param rowsPerSecond rounded; 0 if the tasks took too little time to say
 * @param duplicateKeys null, and not written, if they were not counted
 * @param changed empty if the model has no counts of the rows that it was sealed with, or if
 *     nothing changed
 * @param seconds rounded to milliseconds
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReportFile(
    int format,
    String run,
    String outcome,
    int exitCode,
    String message,
    String startedAt,
    int groupsLeft,
    JobReport.Model model,
    String input,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String inputVersion,
    String output,
    long read,
    long scored,
    long quarantined,
    int published,
    int held,
    int alreadyPublished,
    long rowsPerSecond,
    String quarantine,
    Map<String, Long> codes,
    List<FieldFault> faults,
    Map<String, Long> missing,
    Map<String, Long> unseen,
    List<ChangedValues> changed,
    Long duplicateKeys,
    Scores scores,
    Map<String, Double> seconds,
    List<PartitionReport> partitions) {
  /** The name of the file in a directory of an ended run. */
  public static final String NAME = "report.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT = 1;

  /**
   * The distribution of the first score; all but the count is null, and not written, if there is no
   * score.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Scores(long count, Double mean, Float min, Float max, List<Float> deciles) {
    static Scores of(ScoreHistogram scores) {
      return scores.count() == 0
          ? new Scores(0, null, null, null, null)
          : new Scores(
              scores.count(),
              scores.mean(),
              scores.min(),
              scores.max(),
              IntStream.rangeClosed(1, 9)
                  .mapToObj(tenth -> scores.quantile(tenth / 10.0))
                  .toList());
    }
  }

  public ReportFile {
    run = Objects.requireNonNullElse(run, "");
    outcome = Objects.requireNonNullElse(outcome, "");
    message = Objects.requireNonNullElse(message, "");
    startedAt = Objects.requireNonNullElse(startedAt, "");
    inputVersion = Objects.requireNonNullElse(inputVersion, "");
  }

  /** Returns what the file says about a run. */
  public static ReportFile of(JobReport report) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    report.seconds().forEach((stage, took) -> seconds.put(stage, Math.round(took * 1000) / 1000.0));
    return new ReportFile(
        FORMAT,
        report.run(),
        report.outcome().word(),
        report.exitCode(),
        report.message(),
        report.startedAt(),
        report.groupsLeft(),
        report.model().orElse(null),
        report.input(),
        report.inputVersion(),
        report.output(),
        report.read(),
        report.scored(),
        report.quarantined(),
        report.published(),
        report.held().size(),
        report.alreadyPublished().size(),
        Math.round(report.rowsPerSecond()),
        report.quarantine(),
        report.codes(),
        report.faults(),
        report.missing(),
        report.unseen(),
        report.changedValues(),
        report.duplicateKeys() < 0 ? null : report.duplicateKeys(),
        Scores.of(report.scores()),
        seconds,
        report.partitions());
  }

  /** Returns the file's content, indented. */
  public byte[] toJson() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }

  /**
   * Reads a report; fields that this version does not know are ignored.
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
