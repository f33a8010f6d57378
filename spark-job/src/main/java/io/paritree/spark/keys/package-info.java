/**
 * Hashes of the rows' keys, and how many of them occur more than once.
 *
 * <p>Knows the types of key columns. Knows no model, and no row but its key.
 */
package io.paritree.spark.keys;
