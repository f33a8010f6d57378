/**
 * How good stored scores were: labels are joined to them by their keys, and measured by partition,
 * version and segment.
 *
 * <p>Knows outputs, tables and measures. Knows no model, and writes nothing but its report.
 */
package io.paritree.spark.insight.outcomes;
