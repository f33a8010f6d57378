/**
 * The operator's port: metrics, health and reload; and the health pages of the callers' port.
 *
 * <p>Knows the models in service, the tokens and the metrics. Knows no forest and no protocol: it
 * scores nothing.
 */
package io.paritree.serving.management;
