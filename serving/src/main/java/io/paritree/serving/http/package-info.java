/**
 * The callers' port: Jetty, Javalin's routes, tokens, admission, the recording of each answer, and
 * the graceful stop.
 *
 * <p>Uses the steps that a request passes through. Nothing here depends on a protocol or a model:
 * the routes are passed to it.
 */
package io.paritree.serving.http;
