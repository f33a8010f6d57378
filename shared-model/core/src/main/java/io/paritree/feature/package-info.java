/**
 * Encodes one value as one {@code float} slot, or finds a fault.
 *
 * <p>Knows only the types of {@code io.paritree}: not where a value came from ({@code
 * io.paritree.record} and the job know that), and no trees. The readers of JSON tokens, CSV cells
 * and Spark columns all call the same few methods of {@link io.paritree.feature.Feature}; {@code
 * Slots}, which makes a slot of a number, is package-private.
 */
package io.paritree.feature;
