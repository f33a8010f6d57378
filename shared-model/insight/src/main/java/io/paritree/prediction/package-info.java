/**
 * A line of the prediction log, as the server writes it and a replay reads it.
 *
 * <p>Knows what the members of a line are called; not how lines come to a file, nor what they
 * prove.
 */
package io.paritree.prediction;
