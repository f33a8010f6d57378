package io.paritree.spark.publish;

import java.util.List;
import java.util.Objects;

/**
 * The content of a published partition's {@code _paritree.json}.
 *
 * @param partition the partition's directory below the output, as {@code column=value/...}; empty
 *     if the output is not partitioned
 * @param identity SHA-256 of all that the partition's content depends on
 * @param run the id of the run that published it
 * @param directory the name of that run's directory; unique, which run ids need not be
 * @param modelName name of the model
 * @param modelVersion the value of the column {@code model_version}
 * @param modelDigest SHA-256 of the model package
 * @param engine which engine scored
 * @param stagedAt when the files were complete, in UTC
 * @param read rows read from the input
 * @param scored rows in the files
 * @param quarantined rows that could not be scored
 * @param files the files that hold the rows
 */
public record PartitionManifest(
    String partition,
    String identity,
    String run,
    String directory,
    String modelName,
    String modelVersion,
    String modelDigest,
    String engine,
    String stagedAt,
    long read,
    long scored,
    long quarantined,
    List<DataFile> files) {

  /** The manifest's file name. */
  public static final String FILE = "_paritree.json";

  /** Spark's and Hadoop's mark of a complete directory. */
  public static final String SUCCESS_FILE = "_SUCCESS";

  public PartitionManifest {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(directory, "directory");
    files = List.copyOf(files);
  }

  /** Returns a text that differs for any two publications, even of the same identity. */
  String token() {
    return identity + "@" + directory;
  }
}
