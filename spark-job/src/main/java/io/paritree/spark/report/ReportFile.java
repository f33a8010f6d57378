package io.paritree.spark.report;

import io.paritree.output.RunReport;
import io.paritree.output.RunReport.Partition;
import io.paritree.profile.ScoreHistogram;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** {@code report.json} of a {@link JobReport}. */
public final class ReportFile {
  private ReportFile() {}

  /** Returns the file's content; seconds are rounded to milliseconds. */
  public static byte[] json(JobReport report) {
    return of(report).toJson();
  }

  static RunReport of(JobReport report) {
    Partition total = report.total();
    JobReport.Partitions partitions = report.partitions();
    long repeated = report.duplicateKeys();
    return new RunReport(
        report.start(),
        new RunReport.Ending(
            report.outcome().word(), report.exitCode(), report.message(), report.groupsLeft()),
        new RunReport.Rows(
            total.read(),
            total.scored(),
            total.quarantined(),
            report.rowsPerSecond() > 0 ? Math.round(report.rowsPerSecond()) : 0),
        new RunReport.Quarantine(
            report.quarantine().place(), report.quarantine().codes(), report.quarantine().faults()),
        new RunReport.Values(
            report.values().missing(), report.values().unseen(), report.values().changed()),
        repeated == JobReport.NOT_COUNTED ? OptionalLong.empty() : OptionalLong.of(repeated),
        scores(report.scores()),
        seconds(report.times()),
        new RunReport.Partitions(
            partitions.published().size(), partitions.before().size(), partitions.scored()),
        report.challengers().stream().map(ComparedChallenger::reported).toList());
  }

  private static Optional<RunReport.Scores> scores(ScoreHistogram scores) {
    return scores.count() == 0
        ? Optional.empty()
        : Optional.of(
            new RunReport.Scores(
                scores.count(),
                scores.mean(),
                scores.min(),
                scores.max(),
                IntStream.rangeClosed(1, 9)
                    .mapToObj(tenth -> scores.quantile(tenth / 10.0))
                    .toList()));
  }

  private static Map<String, Double> seconds(JobReport.Times times) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    times.stages().forEach((stage, took) -> seconds.put(stage, Math.round(took * 1000) / 1000.0));
    return seconds;
  }
}
