/**
 * Columns that are computed where Spark reads Parquet files, from the batches of its reader.
 *
 * <p>Made of Spark's relations and file formats, which are internal API and differ between
 * versions, so that this is a part of the room for versions.
 */
package io.paritree.spark.versions.scans;
