/**
 * What a run reports: progress while it runs, a report and a table at its end, metrics.
 *
 * <p>Knows counts, names and outcomes. Knows neither Spark nor publishing.
 */
package io.paritree.spark.report;
