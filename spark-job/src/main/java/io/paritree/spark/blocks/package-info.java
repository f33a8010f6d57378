/**
 * Rows of the input as blocks, column by column: from columnar batches, from internal rows, from
 * the lines of CSV files.
 *
 * <p>Knows Spark's vectors and rows. Knows no model: {@code io.paritree.feature}, which {@code
 * rows} calls, decides what a value turns into.
 */
package io.paritree.spark.blocks;
