/**
 * Rules about measured values, such as {@code any.missing > reference + 0.20}: their grammar, and
 * what becomes of them once there are values.
 *
 * <p>Knows nothing of what is measured: the words that a rule may use are given to it.
 */
package io.paritree.rule;
