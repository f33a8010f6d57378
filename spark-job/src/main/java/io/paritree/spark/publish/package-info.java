/**
 * Staged partitions become visible, whole or not at all.
 *
 * <p>Knows directories, names and identities: of Paritree only {@code io.paritree.store}. Knows
 * nothing of Spark, Parquet or models. A run stages its partitions in its own directory next to the
 * output, and {@link io.paritree.spark.publish.Publisher} moves them into place under the output's
 * lock. Finishing a dead run always goes forward and needs only what is on the disk.
 */
package io.paritree.spark.publish;
