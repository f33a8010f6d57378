/**
 * The contract of the callers' port: {@code /openapi.json}, made from the models' own features.
 *
 * <p>Knows the models in service and what a schema says. Scores nothing, and knows no other
 * protocol and no Jetty.
 */
package io.paritree.serving.openapi;
