/**
 * Handlers of Jetty that bound what callers can hold: bodies, permits, waiting requests, unread
 * answers, slow headers.
 *
 * <p>Knows bytes, connections and the configuration. Knows nothing of models, problems, routes or
 * logs. Its state is what its counters count.
 */
package io.paritree.serving.admission;
