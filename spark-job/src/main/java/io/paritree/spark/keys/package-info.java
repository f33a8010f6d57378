/**
 * Hashes of the rows' keys, and the number of hashes that are repeated.
 *
 * <p>Knows the types of key columns. Knows no model, and of a row only its key.
 */
package io.paritree.spark.keys;
