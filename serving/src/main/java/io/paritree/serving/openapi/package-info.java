/**
 * The contract of the callers' port: {@code /openapi.json}, made from the models' own features.
 *
 * <p>Knows the models in service and what a schema says. Knows no forest, no other protocol and no
 * Jetty: it scores nothing.
 */
package io.paritree.serving.openapi;
