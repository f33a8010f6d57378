/**
 * What the server counts and times, what a request brings with it as it arrives, and whether the
 * server is ready.
 *
 * <p>Uses the codes of faults, and no other room.
 */
package io.paritree.serving.metrics;
