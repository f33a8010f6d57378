/**
 * What a run reads: files and partitions, found and checked before the first task.
 *
 * <p>Directory names are kept byte for byte; values of partition columns are text, and their types
 * are never guessed. Knows the model's schema. Knows nothing of scoring, settings or publishing.
 */
package io.paritree.spark.input;
