/**
 * Answers from the stored scores in service: look-ups of keys in open partitions.
 *
 * <p>Knows partitions, keys and rows. Knows neither how an index is found or made, nor models.
 */
package io.paritree.serving.stored;
