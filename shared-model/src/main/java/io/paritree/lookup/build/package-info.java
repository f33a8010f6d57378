/**
 * How the index of a partition is made: by the job's tasks, and by a server from published files.
 *
 * <p>Knows the index and its rows. Knows no Spark and no Parquet.
 */
package io.paritree.lookup.build;
