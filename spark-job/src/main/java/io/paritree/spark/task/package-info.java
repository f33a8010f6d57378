/**
 * What travels between the driver and its tasks: plans there, results back.
 *
 * <p>Knows the columns that are read. Knows no file that is written and no model in memory.
 */
package io.paritree.spark.task;
