/**
 * The request log and the prediction log, each written by its own thread.
 *
 * <p>Knows the schema and the outputs of a model, for the columns of the prediction log. Knows no
 * Jetty and no Javalin: a request is passed as plain values.
 */
package io.paritree.serving.log;
