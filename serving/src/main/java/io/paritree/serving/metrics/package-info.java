/**
 * What the server counts and times, and whether it is ready.
 *
 * <p>Knows the codes of faults, and nothing else of Paritree.
 */
package io.paritree.serving.metrics;
