package io.paritree.spark.publish;

/**
 * One file of a partition.
 *
 * @param name its name within the partition's directory
 * @param bytes its length
 * @param rows how many rows it holds
 */
public record DataFile(String name, long bytes, long rows) {}
