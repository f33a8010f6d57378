/**
 * What is sent between the driver and its tasks: plans to the tasks, results back.
 *
 * <p>Knows the columns that are read. Knows no file that is written and no model in memory.
 */
package io.paritree.spark.task;
