/**
 * What a task does: takes blocks of rows, encodes them, scores them, and writes scored and
 * quarantined rows, in one pass.
 *
 * <p>Knows Spark's plan and internal rows, the model's schema and its engine. Knows nothing of
 * publishing, of settings or of reports.
 */
package io.paritree.spark.score;
