/**
 * What a run reports: progress while it runs; a report, a console table, metrics and lineage events
 * at its end; and the outcome, which gives the exit code.
 *
 * <p>Uses counts, names and outcomes. Nothing here depends on Spark or on publishing.
 */
package io.paritree.spark.report;
