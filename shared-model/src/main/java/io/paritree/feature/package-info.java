/**
 * From one value to one {@code float} slot, or a fault.
 *
 * <p>Knows values, nothing else: not where a value stood ({@code io.paritree.record} and the job
 * do) and no trees. JSON tokens, CSV cells and Spark columns all call the same few methods of
 * {@link io.paritree.feature.Feature}, and nothing else makes a slot: that is what makes a
 * difference between batch and online impossible.
 */
package io.paritree.feature;
