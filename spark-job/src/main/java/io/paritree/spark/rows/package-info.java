/**
 * What a task does: blocks of columns in, scored and quarantined rows out, in one pass.
 *
 * <p>Knows Spark's column vectors and internal rows, the model's schema and its engine. Spark's
 * calls that are not public API are made here and nowhere else: {@link io.paritree.spark.rows.Scan}
 * and {@link io.paritree.spark.rows.CsvSource} for reading, {@link
 * io.paritree.spark.rows.ParquetWriters} for writing.
 */
package io.paritree.spark.rows;
