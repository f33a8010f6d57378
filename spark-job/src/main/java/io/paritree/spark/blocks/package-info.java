/**
 * Rows of the input as blocks, column by column: from columnar batches, from internal rows, from
 * the lines of CSV files.
 *
 * <p>Knows Spark's vectors and rows. Knows no model: what becomes of a value is decided by {@code
 * io.paritree.feature}, which {@code rows} calls.
 */
package io.paritree.spark.blocks;
