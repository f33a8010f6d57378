/**
 * What a run tells: progress while it goes on, a report and a table at its end.
 *
 * <p>Knows counts and names; neither Spark's plan nor how anything is published.
 */
package io.paritree.spark.report;
