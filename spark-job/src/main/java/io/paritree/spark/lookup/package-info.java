/**
 * The indexes of published partitions, from which a server answers stored scores by key.
 *
 * <p>Knows Parquet's reader and the job's files, Spark's shuffle and the files of an index. Knows
 * no model.
 */
package io.paritree.spark.lookup;
