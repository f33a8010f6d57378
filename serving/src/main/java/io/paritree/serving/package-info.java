/**
 * The server: admission, requests, answers, metrics.
 *
 * <p>Knows {@code io.paritree.model} and what it opens; knows nothing of the Spark job. State in
 * the whole server: one reference per model, what Jetty's admission counts, and counters.
 */
package io.paritree.serving;
