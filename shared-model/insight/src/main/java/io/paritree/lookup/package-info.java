/**
 * Stored scores by key: the index of a published partition.
 *
 * <p>Knows keys, scores, and files. Knows no model, no Spark and no protocol.
 */
package io.paritree.lookup;
