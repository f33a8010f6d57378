/**
 * The rows of an index, read from the Parquet files of a partition: by the job before it publishes
 * them, and by a server from published files.
 *
 * <p>Knows Parquet's reader, which a server has only where it is asked for, and indexes. Knows no
 * Spark: what Spark means by a column is in the file's own types.
 */
package io.paritree.lookup.parquet;
