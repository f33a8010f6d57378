/**
 * The callers' port: Jetty, Javalin's routes, tokens, the recording of each answer, and the
 * graceful stop.
 *
 * <p>Knows what a request passes through. Knows no protocol and no model: it is given the routes.
 */
package io.paritree.serving.http;
