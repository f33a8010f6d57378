/**
 * The operator's port: metrics, health and reload; and the health pages of the callers' port.
 *
 * <p>Knows the models in service, the tokens and the metrics. Scores nothing, and knows no protocol
 * that does.
 */
package io.paritree.serving.management;
