package io.paritree.spark.report;

import io.paritree.drift.Drift;
import io.paritree.drift.DriftValues;
import io.paritree.drift.FieldDrift;
import io.paritree.drift.Shares;
import io.paritree.output.RunReport.FaultyRows;
import io.paritree.output.RunReport.Model;
import io.paritree.output.RunReport.Partition;
import io.prometheus.metrics.exporter.pushgateway.Format;
import io.prometheus.metrics.exporter.pushgateway.PushGateway;
import io.prometheus.metrics.exporter.pushgateway.Scheme;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * A run's metrics, as a file for node-exporter's textfile collector and as a push to a Pushgateway.
 *
 * <p>All are gauges of the last run on an output; the label {@code output} distinguishes outputs.
 * So that a wide model does not fill Prometheus, the {@value #MAX_FIELDS} largest counts by feature
 * or field have values of their own, and the others one together; drift has the {@value
 * #MAX_FIELDS} most important fields alone.
 */
public final class JobMetrics {
  private static final String OUTPUT = "output";
  private static final String JOB = "paritree";
  private static final int MAX_FIELDS = 50;
  private static final String OTHER = "other";

  private final List<MetricSnapshot> gauges = new ArrayList<>();
  private final String output;

  private JobMetrics(String output) {
    this.output = output;
  }

  /**
   * Returns the metrics of a run that has ended.
   *
   * @param report empty if the run ended before it had one
   * @param quality what the run has found out about its rows
   * @param endedAtSeconds when the run ended, in seconds since 1970
   */
  public static JobMetrics of(
      String output,
      int exitCode,
      double endedAtSeconds,
      Optional<JobReport> report,
      RunQuality quality) {
    JobMetrics metrics = new JobMetrics(output);
    metrics.gauge("paritree_job_exit_code", "Exit code of the last run.", exitCode);
    metrics.gauge("paritree_job_end_timestamp_seconds", "When the last run ended.", endedAtSeconds);
    report.ifPresent(metrics::add);
    quality.newest().ifPresent(newest -> metrics.add(newest, quality));
    return metrics;
  }

  public byte[] text() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    OpenMetricsTextFormatWriter.create().write(text, snapshots());
    return text.toByteArray();
  }

  /**
   * Replaces the metrics that a Pushgateway has of the last run on the output.
   *
   * @param gateway its address, http or https, without user and query
   * @param wait how long it may take to connect, and then to answer
   */
  public void push(URI gateway, Duration wait) throws IOException {
    PushGateway.builder()
        .scheme(gateway.getScheme().equalsIgnoreCase("https") ? Scheme.HTTPS : Scheme.HTTP)
        .address(gateway.getRawAuthority() + gateway.getRawPath().replaceFirst("/+$", ""))
        .format(Format.PROMETHEUS_TEXT)
        .job(JOB)
        .groupingKey(OUTPUT, output)
        .connectionTimeout(wait)
        .readTimeout(wait)
        .build()
        .push(this::snapshots);
  }

  private MetricSnapshots snapshots() {
    return new MetricSnapshots(gauges);
  }

  private void add(JobReport report) {
    Partition total = report.total();
    gauge(
        "paritree_job_rows",
        "Rows of the last run, published or not: scored or quarantined.",
        "became",
        Map.of("scored", total.scored(), "quarantined", total.quarantined()));
    report.start().model().ifPresent(this::add);
    if (report.rowsPerSecond() > 0) {
      gauge(
          "paritree_job_rows_per_second",
          "Rows per second while tasks read, scored and wrote; absent if that took under 10 s.",
          report.rowsPerSecond());
    }

    gauge(
        "paritree_job_partitions",
        "Partitions that were published, now or before.",
        "published",
        Map.of(
            "now",
            report.partitions().published().size(),
            "before",
            report.partitions().before().size()));
    gauge(
        "paritree_job_held_partitions",
        "Partitions that were scored and not published, each for a reason of its own.",
        report.partitions().held().size());
    gauge(
        "paritree_job_quarantined_rows",
        "Rows by fault code.",
        "code",
        report.quarantine().codes());
    addFaults(report.quarantine().faults());
    gauge(
        "paritree_job_missing_values",
        "Missing values.",
        "feature",
        largest(report.values().missing()));
    gauge(
        "paritree_job_unseen_values",
        "Values that are in no vocabulary.",
        "feature",
        largest(report.values().unseen()));
    if (report.values().reference().isPresent() && report.values().rows() > 0) {
      gauge(
          "paritree_job_changed_features",
          "Features whose missing or unseen values changed from the sealed rows.",
          report.values().changed().size());
    }

    gauge(
        "paritree_job_stage_seconds",
        "How long each part of the run took.",
        "stage",
        report.times().stages());
    addChallengers(report.challengers());
    if (report.scores().count() > 0) {
      gauge("paritree_job_score_mean", "Mean of the first score.", report.scores().mean());
      GaugeSnapshot.Builder deciles =
          named("paritree_job_score_decile", "Deciles of the first score, to one part in 128.");
      for (int tenth = 1; tenth <= 9; tenth++) {
        deciles.dataPoint(
            point(
                Labels.of(OUTPUT, output, "decile", String.valueOf(tenth)),
                report.scores().quantile(tenth / 10.0)));
      }

      gauges.add(deciles.build());
    }
  }

  private void addChallengers(List<ComparedChallenger> challengers) {
    if (challengers.isEmpty()) {
      return;
    }

    GaugeSnapshot.Builder compared =
        named("paritree_job_challenger_compared", "1 if the challenger was compared, 0 if not.");
    GaugeSnapshot.Builder rows =
        named(
            "paritree_job_challenger_rows",
            "Rows that both models score, one alone, or neither; equal_bits are of both.");
    GaugeSnapshot.Builder measures =
        named("paritree_job_challenger_measure", "How the scores of both models differ.");
    for (ComparedChallenger one : challengers) {
      compared.dataPoint(
          point(
              Labels.of(
                  OUTPUT, output, "challenger", one.name(), "version", one.reported().version()),
              one.leftOut().isEmpty() ? 1 : 0));
      one.rows()
          .forEach(
              (by, count) ->
                  rows.dataPoint(
                      point(
                          Labels.of(OUTPUT, output, "challenger", one.name(), "kind", by), count)));
      one.measures()
          .forEach(
              (measure, value) ->
                  measures.dataPoint(
                      point(
                          Labels.of(OUTPUT, output, "challenger", one.name(), "measure", measure),
                          value)));
    }

    gauges.add(compared.build());
    gauges.add(rows.build());
    gauges.add(measures.build());
  }

  /** Adds how the rows of a partition differ from others. */
  private void add(RunQuality.Compared newest, RunQuality quality) {
    gauge(
        "paritree_job_fired_rules",
        "How often rules about drift have fired in the last run, warnings too.",
        quality.firedRules());
    GaugeSnapshot.Builder ratios =
        named(
            "paritree_job_rows_ratio",
            "Rows of the run's newest partition, divided by those of a baseline.");
    newest.drifts().stream()
        .filter(drift -> !drift.partitions().isEmpty() && drift.rows() > 0)
        .forEach(
            drift ->
                ratios.dataPoint(
                    point(
                        Labels.of(OUTPUT, output, "baseline", drift.baseline()),
                        newest.profile().rows() / drift.rows())));
    gauges.add(ratios.build());
    List<String> fields = quality.ranking().stream().limit(MAX_FIELDS).toList();
    Map<String, Shares> shares =
        new DriftValues(newest.profile(), newest.drifts(), Map.of()).shares();
    shares.keySet().retainAll(newest.profile().rows() == 0 ? List.of() : fields);
    gauge(
        "paritree_job_missing_share",
        "Share of missing values, in the run's newest partition.",
        shares,
        Shares::missing);
    gauge(
        "paritree_job_unseen_share",
        "Share of values in no vocabulary, in the run's newest partition.",
        shares,
        Shares::unseen);
    add(
        named(
            "paritree_job_psi",
            "Population stability index, of the run's newest partition against a baseline."),
        fields,
        newest.drifts(),
        JobMetrics::psi);
    add(
        named(
            "paritree_job_impact",
            "Change of the mean margin, in the run's newest partition against a baseline."),
        fields,
        newest.drifts(),
        FieldDrift::impact);
  }

  private static OptionalDouble psi(FieldDrift field) {
    return field.shift().isPresent()
        ? OptionalDouble.of(field.shift().get().psi())
        : OptionalDouble.empty();
  }

  private void gauge(
      String name, String help, Map<String, Shares> shares, ToDoubleFunction<Shares> share) {
    Map<String, Double> values = new LinkedHashMap<>();
    shares.forEach((field, own) -> values.put(field, share.applyAsDouble(own)));
    gauge(name, help, "field", values);
  }

  /** Adds a measure of each field, against the first baseline with which it has one. */
  private void add(
      GaugeSnapshot.Builder gauge,
      List<String> fields,
      List<Drift> drifts,
      Function<FieldDrift, OptionalDouble> measure) {
    Set<String> left = new HashSet<>(fields);
    for (Drift drift : drifts) {
      for (FieldDrift field : drift.fields()) {
        OptionalDouble value = measure.apply(field);
        if (value.isPresent() && left.remove(field.name())) {
          gauge.dataPoint(
              point(
                  Labels.of(OUTPUT, output, "field", field.name(), "baseline", drift.baseline()),
                  value.getAsDouble()));
        }
      }
    }

    gauges.add(gauge.build());
  }

  private void add(Model model) {
    Labels labels =
        Labels.of(
            new String[] {OUTPUT, "model", "version", "digest", "sealed"},
            new String[] {
              output, model.name(), model.version(), model.digest(), String.valueOf(model.sealed())
            });
    gauges.add(
        named("paritree_job_model", "1 for the model that scored.")
            .dataPoint(point(labels, 1))
            .build());
  }

  private void addFaults(List<FaultyRows> faults) {
    Map<String, Long> byField = new HashMap<>();
    faults.forEach(fault -> byField.merge(fault.field(), fault.rows(), Long::sum));
    Set<String> own = largest(byField).keySet();
    Map<List<String>, Long> rows = new LinkedHashMap<>();
    for (FaultyRows fault : faults) {
      String field = own.contains(fault.field()) ? fault.field() : OTHER;
      rows.merge(List.of(field, fault.code()), fault.rows(), Long::sum);
    }

    GaugeSnapshot.Builder gauge =
        named(
            "paritree_job_faults", "Faults of quarantined rows, one of each field and code a row.");
    rows.forEach(
        (of, count) ->
            gauge.dataPoint(
                point(Labels.of(OUTPUT, output, "field", of.get(0), "code", of.get(1)), count)));
    gauges.add(gauge.build());
  }

  /** Returns the largest values by name, in the given order, and the sum of the others. */
  private static Map<String, Long> largest(Map<String, Long> values) {
    if (values.size() <= MAX_FIELDS) {
      return values;
    }

    Set<String> own =
        values.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(MAX_FIELDS)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    Map<String, Long> largest = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> largest.merge(own.contains(name) ? name : OTHER, value, Long::sum));
    return largest;
  }

  private void gauge(String name, String help, double value) {
    gauges.add(named(name, help).dataPoint(point(Labels.of(OUTPUT, output), value)).build());
  }

  private void gauge(String name, String help, String label, Map<String, ? extends Number> values) {
    GaugeSnapshot.Builder gauge = named(name, help);
    values.forEach(
        (of, value) ->
            gauge.dataPoint(point(Labels.of(OUTPUT, output, label, of), value.doubleValue())));
    gauges.add(gauge.build());
  }

  private static GaugeSnapshot.Builder named(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
