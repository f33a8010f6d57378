/**
 * Jetty handlers that limit what callers can occupy: bodies, permits, waiting requests, unread
 * answers, slow headers.
 *
 * <p>Knows the configuration and Jetty. Knows nothing of models, problems, routes or logs.
 */
package io.paritree.serving.admission;
