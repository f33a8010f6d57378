/**
 * The Parquet files that tasks write.
 *
 * <p>Knows Spark's rows and Parquet's writers. Knows no model and no publishing.
 */
package io.paritree.spark.files;
