/**
 * What a run reads: files and partitions, found and checked before the first task.
 *
 * <p>Directory names are kept byte for byte; values of partition columns are text, never typed by
 * guess. Knows the model's schema, and nothing of scoring or publishing.
 */
package io.paritree.spark.input;
