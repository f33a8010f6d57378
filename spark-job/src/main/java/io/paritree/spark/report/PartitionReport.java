package io.paritree.spark.report;

import io.paritree.spark.publish.DataFile;
import java.util.List;

/**
 * What became of one partition.
 *
 * @param partition its directory below the output; empty if the output is not partitioned
 * @param identity SHA-256 of all that its content depends on
 * @param read rows read
 * @param scored rows scored
 * @param quarantined rows that could not be scored
 * @param files the files of scored rows
 */
public record PartitionReport(
    String partition,
    String identity,
    long read,
    long scored,
    long quarantined,
    List<DataFile> files) {
  public PartitionReport {
    files = List.copyOf(files);
  }

  /** Returns the length of all files. */
  public long bytes() {
    return files.stream().mapToLong(DataFile::bytes).sum();
  }
}
