package io.paritree.spark.settings;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a run reports to, besides its own record.
 *
 * @param metricsFile local file for metrics, for node-exporter's textfile collector; empty for none
 * @param pushgateway the address of a Pushgateway for metrics
 * @param collector the address that lineage events are posted to
 * @param namespace the namespace of the job in lineage events
 * @param job the name of the job in lineage events; empty for the output's name
 * @param longestWait how long a run waits at its end for the Pushgateway and the collector
 */
public record Destinations(
    String metricsFile,
    Optional<URI> pushgateway,
    Optional<URI> collector,
    String namespace,
    String job,
    Duration longestWait) {}
