/**
 * The index of a published partition, made from its Parquet files by a server.
 *
 * <p>Knows Parquet's reader, which is on the class path only where it is asked for, and indexes.
 * Knows no Spark: what Spark means by a column is in the file's own types.
 */
package io.paritree.lookup.parquet;
