/**
 * What a run reads: files and partitions, found and checked before the first task.
 *
 * <p>Knows the model's schema. Knows nothing of scoring, settings or publishing.
 */
package io.paritree.spark.input;
