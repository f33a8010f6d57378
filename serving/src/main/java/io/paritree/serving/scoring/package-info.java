/**
 * Paritree's own protocol: single records and batches under {@code /v1}, and the cards of the
 * models.
 *
 * <p>Knows the models in service and how answers are written. Knows no other protocol, no port and
 * no Jetty.
 */
package io.paritree.serving.scoring;
