/**
 * What is sent between the driver and its tasks, plans to the tasks and results back; and the
 * blocks of rows that a task reads from Spark's batches, its rows or lines of CSV.
 *
 * <p>Nothing here depends on how a row is scored, on the files that are written, or on publishing.
 */
package io.paritree.spark.task;
