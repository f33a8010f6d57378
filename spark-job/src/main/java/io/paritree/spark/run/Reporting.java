package io.paritree.spark.run;

import io.paritree.output.StateDirectory;
import io.paritree.spark.report.Delivery;
import io.paritree.spark.report.JobMetrics;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.Lineage;
import io.paritree.spark.report.LineageEvents;
import io.paritree.spark.report.Receiver;
import io.paritree.spark.report.RunQuality;
import io.paritree.spark.settings.Destinations;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.Mode;
import io.paritree.spark.versions.SparkVersion;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reports a run to others: its lineage and its metrics, as files and over the network. What cannot
 * be reported is printed, changes no exit code, and delays the end for a limited time only. A dry
 * run is not reported.
 */
final class Reporting {

  /** The variable that OpenLineage's own clients take it from. */
  private static final String LINEAGE_KEY = "OPENLINEAGE_API_KEY";

  private final JobSettings settings;
  private final Destinations destinations;
  private final PrintStream err;
  private final Clock clock;
  private final LineageEvents events;
  private final byte[] start;
  private final Delivery toCollector = new Delivery();
  private final Delivery toGateway = new Delivery();

  private Reporting(JobSettings settings, PrintStream err, Clock clock) {
    this.settings = settings;
    this.destinations = settings.reporting().destinations();
    this.err = err;
    this.clock = clock;
    this.events =
        new LineageEvents(
            UUID.randomUUID(),
            settings.runId(),
            destinations.namespace(),
            destinations.job().isEmpty() ? settings.output().name() : destinations.job(),
            SparkVersion.running().text());
    this.start = events.start(clock.instant().toString());
  }

  /**
   * Reports that a run has begun.
   *
   * @param err receives what cannot be reported
   */
  static Reporting begin(JobSettings settings, PrintStream err, Clock clock) {
    Reporting reporting = new Reporting(settings, err, clock);
    if (settings.mode() != Mode.DRY_RUN) {
      reporting.sendLineage("START", reporting.start);
    }

    return reporting;
  }

  /**
   * Reports that the run has ended.
   *
   * @param report the run's report
   * @param shown the same, unless the run has ended before it had one
   * @param lineage what it reads and writes, if that is known
   * @param quality what was found out about its rows
   * @param record the directory of its record; empty if it has none
   * @param hadoop Spark's settings for Hadoop's clients
   */
  void end(
      JobReport report,
      Optional<JobReport> shown,
      Optional<Lineage> lineage,
      RunQuality quality,
      Optional<Location> record,
      Map<String, String> hadoop) {
    if (settings.mode() == Mode.DRY_RUN) {
      return;
    }

    long until = System.nanoTime() + destinations.longestWait().toNanos();
    Instant now = clock.instant();
    byte[] end = events.end(now.toString(), report, lineage, quality);
    sendLineage(report.exitCode() == 0 ? "COMPLETE" : "FAIL", end);
    JobMetrics metrics =
        JobMetrics.of(
            settings.output().name(),
            report.exitCode(),
            now.toEpochMilli() / 1000.0,
            shown,
            quality);
    destinations
        .pushgateway()
        .ifPresent(
            gateway ->
                toGateway.send(
                    "metrics to " + gateway,
                    () -> {
                      metrics.push(gateway, destinations.longestWait());
                      return null;
                    }));
    writeMetrics(metrics);
    record.ifPresent(directory -> writeLineage(end, directory, hadoop));
    toCollector.end(until, err);
    toGateway.end(until, err);
  }

  private void sendLineage(String type, byte[] event) {
    if (destinations.collector().isPresent()) {
      URI address = destinations.collector().get();
      Receiver collector =
          new Receiver(
              address,
              Optional.ofNullable(System.getenv(LINEAGE_KEY)).filter(key -> !key.isBlank()),
              destinations.longestWait());
      toCollector.send(
          "lineage event %s to %s".formatted(type, collector),
          () -> {
            collector.post(event);
            return null;
          });
    }
  }

  private void writeMetrics(JobMetrics metrics) {
    if (!destinations.metricsFile().isEmpty()) {
      Location file = Location.of(destinations.metricsFile());
      try {
        FileStore.of(file).replace(file, metrics.text());
      } catch (IOException e) {
        err.println("Cannot write metrics to %s: %s".formatted(file, e));
      }
    }
  }

  private void writeLineage(byte[] end, Location record, Map<String, String> hadoop) {
    Location file = record.resolve(StateDirectory.LINEAGE);
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    lines.writeBytes(start);
    lines.write('\n');
    lines.writeBytes(end);
    lines.write('\n');
    try {
      FileStore store = FileStore.of(file, hadoop);
      // If the report is not there yet, another run will move it there, for which nothing may be.
      if (store.find(record.resolve(StateDirectory.REPORT)).isPresent()) {
        store.replace(file, lines.toByteArray());
      }
    } catch (IOException | RuntimeException e) {
      err.println("Cannot write lineage to %s: %s".formatted(file, e));
    }
  }
}
