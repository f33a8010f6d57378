/**
 * The callers' port: Jetty, Javalin's routes, tokens, the recording of each answer, and the
 * graceful stop.
 *
 * <p>Knows the steps that a request passes through. Knows no protocol and no model: the routes are
 * passed to it.
 */
package io.paritree.serving.http;
