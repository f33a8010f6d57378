/**
 * Published partitions with their indexes: found, fetched, and open.
 *
 * <p>Knows outputs, indexes and the form in which answers name a partition. Knows no request, no
 * look-up and no model.
 */
package io.paritree.serving.indexes;
