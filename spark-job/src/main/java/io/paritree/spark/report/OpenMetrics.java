package io.paritree.spark.report;

import java.util.Map;
import java.util.Optional;

/**
 * A run's metrics in OpenMetrics text, for node-exporter's textfile collector.
 *
 * <p>All are gauges of the last run on an output; the label {@code output} distinguishes outputs.
 */
public final class OpenMetrics {
  private final StringBuilder text = new StringBuilder();
  private final String output;

  private OpenMetrics(String output) {
    this.output = output;
  }

  /**
   * Returns the text.
   *
   * @param report empty if the run ended before it had one
   * @param endedAtSeconds when the run ended, in seconds since 1970
   */
  public static String of(
      String output, int exitCode, double endedAtSeconds, Optional<JobReport> report) {
    OpenMetrics metrics = new OpenMetrics(output);
    metrics.family("paritree_job_exit_code", "Exit code of the last run.");
    metrics.sample("paritree_job_exit_code", "", exitCode);
    metrics.family("paritree_job_end_timestamp_seconds", "When the last run ended.");
    metrics.sample("paritree_job_end_timestamp_seconds", "", endedAtSeconds);
    report.ifPresent(metrics::add);
    return metrics.text.append("# EOF\n").toString();
  }

  private void add(JobReport report) {
    family("paritree_job_rows", "Rows of the last run, published or not: scored or quarantined.");
    sample("paritree_job_rows", label("became", "scored"), report.scored());
    sample("paritree_job_rows", label("became", "quarantined"), report.quarantined());
    family("paritree_job_rows_per_second", "Rows per second while scoring.");
    sample("paritree_job_rows_per_second", "", report.rowsPerSecond());
    family("paritree_job_partitions", "Partitions that were published, now or before.");
    sample("paritree_job_partitions", label("published", "now"), report.published());
    sample(
        "paritree_job_partitions", label("published", "before"), report.alreadyPublished().size());
    byLabel("paritree_job_quarantined_rows", "Rows by fault code.", "code", report.codes());
    byLabel("paritree_job_missing_values", "Missing values.", "feature", report.missing());
    byLabel(
        "paritree_job_unseen_values",
        "Values that are in no vocabulary.",
        "feature",
        report.unseen());
    family("paritree_job_stage_seconds", "How long each part of the run took.");
    report
        .seconds()
        .forEach(
            (stage, seconds) ->
                sample("paritree_job_stage_seconds", label("stage", stage), seconds));
    if (report.scores().count() > 0) {
      family("paritree_job_score_mean", "Mean of the first score.");
      sample("paritree_job_score_mean", "", report.scores().mean());
      family("paritree_job_score_quantile", "Deciles of the first score, to one part in 128.");
      for (int tenth = 1; tenth <= 9; tenth++) {
        sample(
            "paritree_job_score_quantile",
            label("quantile", "0." + tenth),
            report.scores().quantile(tenth / 10.0));
      }
    }
  }

  private void byLabel(String name, String help, String label, Map<String, Long> counts) {
    family(name, help);
    counts.forEach((value, count) -> sample(name, label(label, value), count));
  }

  private void family(String name, String help) {
    text.append("# TYPE %s gauge\n# HELP %s %s\n".formatted(name, name, help));
  }

  private static String label(String name, String value) {
    return ",%s=\"%s\"".formatted(name, escaped(value));
  }

  private void sample(String name, String labels, double value) {
    String number =
        value == Math.rint(value) && Math.abs(value) < 1e15
            ? String.valueOf((long) value)
            : String.valueOf(value);
    text.append("%s{output=\"%s\"%s} %s\n".formatted(name, escaped(output), labels, number));
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
