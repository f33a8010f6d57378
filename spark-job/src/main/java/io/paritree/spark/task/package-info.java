/**
 * What is sent between the driver and its tasks: plans to the tasks, results back.
 *
 * <p>Knows the columns that are read and which engine scores. Knows no blocks, no files and no
 * publishing.
 */
package io.paritree.spark.task;
