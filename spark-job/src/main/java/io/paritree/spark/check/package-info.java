/**
 * What is checked before the first task, and its result: input, output, columns, and the identity
 * of each partition.
 *
 * <p>Knows the settings, the input, the layout of an output and, of the tasks, the columns of the
 * quarantine. Knows nothing of the orders that tasks get ({@code task}), and writes no files
 * ({@code files}).
 */
package io.paritree.spark.check;
