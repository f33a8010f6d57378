/**
 * How much rows differ from other rows of the same model: the comparison of a profile with a
 * baseline, and the words of rules about it.
 *
 * <p>Knows profiles. Knows no partition, no files and no run.
 */
package io.paritree.drift;
