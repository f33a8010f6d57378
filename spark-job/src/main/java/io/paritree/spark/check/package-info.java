/**
 * What is checked before the first task, and its result: input, output, columns, and the identity
 * of each partition.
 *
 * <p>Knows the settings, the input, the layout of an output and the columns of the quarantine.
 * Knows no task plan, no Parquet writer and no keys.
 */
package io.paritree.spark.check;
