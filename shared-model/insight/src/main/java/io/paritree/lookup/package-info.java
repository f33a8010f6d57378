/**
 * Stored scores by key: the index of a published partition, how it is read and how it is written.
 *
 * <p>Uses keys, scores and files. Nothing here depends on a model, on Spark or on a protocol.
 */
package io.paritree.lookup;
