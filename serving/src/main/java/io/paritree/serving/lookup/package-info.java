/**
 * Stored scores by key: {@code /v1/scores}.
 *
 * <p>Knows requests and the stored scores in service.
 */
package io.paritree.serving.lookup;
