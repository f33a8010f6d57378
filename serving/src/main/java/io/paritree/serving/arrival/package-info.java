/**
 * What is known of a request from its first header to its line in the log.
 *
 * <p>Knows the counters of routes. Knows no step and no protocol.
 */
package io.paritree.serving.arrival;
