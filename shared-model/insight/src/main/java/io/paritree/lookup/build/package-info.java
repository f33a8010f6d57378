/**
 * How the index of a partition is made of its rows.
 *
 * <p>Knows the index and its rows. Knows no Spark and no Parquet.
 */
package io.paritree.lookup.build;
