/**
 * Encodes one value as one {@code float} slot, or finds a fault.
 *
 * <p>Knows only values: not where a value came from ({@code io.paritree.record} and the job know
 * that), and no trees. The readers of JSON tokens, CSV cells and Spark columns all call the same
 * few methods of {@link io.paritree.feature.Feature}, and slots are made nowhere else. So batch and
 * online scoring cannot encode a value differently.
 */
package io.paritree.feature;
