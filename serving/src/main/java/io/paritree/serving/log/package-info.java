/**
 * The request log and the prediction log, written by threads of their own.
 *
 * <p>Knows the schema and the outputs of a model, for the columns of the prediction log. Knows no
 * Jetty and no Javalin: a request comes as plain values.
 */
package io.paritree.serving.log;
