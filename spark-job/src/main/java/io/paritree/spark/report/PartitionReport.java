package io.paritree.spark.report;

import io.paritree.output.DataFile;
import java.util.List;

/**
 * The report on one partition of a run.
 *
 * @param partition its directory below the output; empty if the output is not partitioned
 * @param identity SHA-256 of all that its content depends on
 * @param read rows read
 * @param scored rows scored
 * @param quarantined rows that could not be scored
 * @param hold why it is not published although it was scored; null if nothing about it prevents
 *     that
 * @param files the files of scored rows
 */
public record PartitionReport(
    String partition,
    String identity,
    long read,
    long scored,
    long quarantined,
    Hold hold,
    List<DataFile> files) {
  public PartitionReport {
    files = List.copyOf(files);
  }

  /** Returns the report on the same partition, which is held. */
  public PartitionReport held(Hold why) {
    return new PartitionReport(partition, identity, read, scored, quarantined, why, files);
  }

  public long bytes() {
    return files.stream().mapToLong(DataFile::bytes).sum();
  }
}
