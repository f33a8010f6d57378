package io.paritree.spark.publish;

/**
 * A partition that is staged and verified.
 *
 * @param partition its directory below the output; empty if the output is not partitioned
 * @param identity SHA-256 of all that its content depends on
 * @param before {@link OutputPlace#token} of its place when the run began
 */
public record PreparedPartition(String partition, String identity, String before) {}
