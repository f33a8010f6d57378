/**
 * Makes staged partitions visible, whole or not at all.
 *
 * <p>Knows directories, names and identities, and what is stored beside an output. Knows nothing of
 * Spark, Parquet or models.
 */
package io.paritree.spark.publish;
