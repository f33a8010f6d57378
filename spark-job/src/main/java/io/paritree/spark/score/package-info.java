/**
 * What a task does: takes blocks of rows, encodes them, scores them, hashes their keys, and writes
 * scored and quarantined rows, in one pass.
 *
 * <p>Uses Spark's plan and internal rows, the model's schema and its engine. Nothing here depends
 * on publishing, on settings or on reports.
 */
package io.paritree.spark.score;
