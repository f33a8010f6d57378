/**
 * What is checked before the first task, and its result: input, output, columns, and the identity
 * of each partition.
 *
 * <p>Knows the settings, the input and the layout of an output. Starts no task and publishes
 * nothing.
 */
package io.paritree.spark.check;
