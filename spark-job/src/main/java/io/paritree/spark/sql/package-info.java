/**
 * Scoring inside Spark: functions for SQL, and a call on a Dataset.
 *
 * <p>Knows models, Spark's rows, and how a task opens a model. Knows nothing of the job's run: no
 * settings, no output, no report.
 */
package io.paritree.spark.sql;
