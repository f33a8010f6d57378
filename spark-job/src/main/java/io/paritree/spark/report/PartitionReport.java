package io.paritree.spark.report;

/**
 * What became of one partition.
 *
 * @param partition its directory below the output; empty if the output is not partitioned
 * @param identity SHA-256 of all that its content depends on
 * @param read rows read
 * @param scored rows scored
 * @param quarantined rows that could not be scored
 * @param files files of scored rows
 * @param bytes their length
 */
public record PartitionReport(
    String partition,
    String identity,
    long read,
    long scored,
    long quarantined,
    int files,
    long bytes) {}
