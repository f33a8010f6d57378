/**
 * Staged partitions become visible, whole or not at all.
 *
 * <p>Knows directories, names and identities; nothing of Spark, Parquet or models. A run stages its
 * partitions in a directory of its own beside the output, and {@link
 * io.paritree.spark.publish.Publisher} moves them into place under the output's lock. Finishing a
 * dead run is always forward and needs nothing but what lies on the disk.
 */
package io.paritree.spark.publish;
