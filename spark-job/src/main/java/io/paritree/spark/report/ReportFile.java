package io.paritree.spark.report;

import io.paritree.output.RunReport;
import io.paritree.output.ScoreHistogram;
import java.util.LinkedHashMap;
import java.util.List;
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
    JobReport.Run run = report.run();
    PartitionReport total = report.total();
    long repeated = report.duplicateKeys();
    return new RunReport(
        new RunReport.Start(
            run.id(),
            run.startedAt(),
            run.model().map(ReportFile::model),
            run.input(),
            run.inputVersion(),
            run.output()),
        new RunReport.Ending(
            report.outcome().word(), report.exitCode(), report.message(), report.groupsLeft()),
        new RunReport.Rows(
            total.read(),
            total.scored(),
            total.quarantined(),
            report.rowsPerSecond() > 0 ? Math.round(report.rowsPerSecond()) : 0),
        quarantine(report.quarantine()),
        values(report.values()),
        repeated == JobReport.NOT_COUNTED ? OptionalLong.empty() : OptionalLong.of(repeated),
        scores(report.scores()),
        seconds(report.times()),
        partitions(report.partitions()));
  }

  private static RunReport.Model model(JobReport.Model model) {
    return new RunReport.Model(
        model.name(),
        model.version(),
        model.digest(),
        model.engine(),
        model.contributions(),
        model.sealed(),
        model.earlyStopping(),
        model.offsets());
  }

  private static RunReport.Quarantine quarantine(JobReport.Quarantine quarantine) {
    List<RunReport.FaultyRows> faults =
        quarantine.faults().stream()
            .map(
                fault ->
                    new RunReport.FaultyRows(
                        fault.field(), fault.code(), fault.rows(), fault.example()))
            .toList();
    return new RunReport.Quarantine(quarantine.place(), quarantine.codes(), faults);
  }

  private static RunReport.Values values(JobReport.Values values) {
    List<RunReport.Change> changed =
        values.changed().stream()
            .map(
                change ->
                    new RunReport.Change(
                        change.feature(),
                        change.missing(),
                        change.missingSealed(),
                        change.unseen(),
                        change.unseenSealed()))
            .toList();
    return new RunReport.Values(values.missing(), values.unseen(), changed);
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

  private static RunReport.Partitions partitions(JobReport.Partitions partitions) {
    return new RunReport.Partitions(
        partitions.published().size(),
        partitions.before().size(),
        partitions.scored().stream().map(ReportFile::partition).toList());
  }

  private static RunReport.Partition partition(PartitionReport partition) {
    return new RunReport.Partition(
        partition.partition(),
        partition.identity(),
        partition.read(),
        partition.scored(),
        partition.quarantined(),
        Optional.ofNullable(partition.hold())
            .map(hold -> new RunReport.Hold(hold.outcome(), hold.reason())),
        partition.files());
  }
}
