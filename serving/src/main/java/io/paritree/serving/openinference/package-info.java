/**
 * The Open Inference Protocol V2: tensors in, tensors out, under {@code /v2}.
 *
 * <p>Knows the models in service and the rows that a request fills. Knows no other protocol, no
 * Jetty and no port.
 */
package io.paritree.serving.openinference;
