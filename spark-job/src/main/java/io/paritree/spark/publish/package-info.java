/**
 * Makes staged partitions visible, whole or not at all.
 *
 * <p>Knows directories, names and identities: of Paritree only {@code io.paritree.store}. Knows
 * nothing of Spark, Parquet or models.
 */
package io.paritree.spark.publish;
