/**
 * Hashes of the rows' keys, and the number of hashes that are repeated.
 *
 * <p>Knows the types of key columns. Knows no model, no blocks and no publishing.
 */
package io.paritree.spark.keys;
