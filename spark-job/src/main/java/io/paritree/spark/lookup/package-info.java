/**
 * The indexes of published partitions, from which a server answers stored scores by key.
 *
 * <p>Knows the job's Parquet files, Spark's shuffle and the files of an index. Knows no model.
 */
package io.paritree.spark.lookup;
