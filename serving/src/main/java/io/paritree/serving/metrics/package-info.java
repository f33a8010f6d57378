/**
 * What the server counts and times, and whether it is ready.
 *
 * <p>Knows the codes of faults, and no other room.
 */
package io.paritree.serving.metrics;
