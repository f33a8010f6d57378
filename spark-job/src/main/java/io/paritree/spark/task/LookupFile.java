package io.paritree.spark.task;

import java.io.Serializable;

/**
 * Rows of one partition on their way into its index, in a file that a task attempt has written.
 *
 * @param path the file below the run's directory of tasks; empty if no row has a key
 * @param partition the output partition
 * @param rows number of rows in the file
 * @param bytes length of the rows in the file
 * @param withoutKey number of rows that are not in the file, because a column of their key is null
 */
public record LookupFile(String path, String partition, long rows, long bytes, long withoutKey)
    implements Serializable {}
