package io.paritree.spark.task;

import java.io.Serializable;

/**
 * A file that a task has written and closed.
 *
 * @param path its path below the run's directory of tasks
 * @param partition the output partition that it belongs to
 * @param rows how many rows it holds
 * @param sha256 of its content, in 64 digits; empty of a file that is never published
 */
public record WrittenFile(String path, String partition, long rows, String sha256)
    implements Serializable {}
