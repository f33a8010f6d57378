/**
 * Jetty handlers that limit what callers can occupy: bodies, permits, waiting requests, unread
 * answers, slow headers.
 *
 * <p>Knows bytes, connections and the configuration. Knows nothing of models, problems, routes or
 * logs. Its state is the bodies, requests, answers and connections that it limits.
 */
package io.paritree.serving.admission;
