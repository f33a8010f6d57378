package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

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
 * @param keys the columns of the key, the first ones of the files; empty if the run had none, or if
 *     it is one of a version that did not write this
 * @param scores the columns of the scores, which follow the keys and the passed columns; empty if
 *     the run is one of a version that did not write this
 * @param reasons how the reasons of the rows are read; empty if they have none, or if the run is
 *     one of a version that did not write this
 * @param input what its rows were made of; empty if the run is one of a version that did not write
 *     this
 * @param files the files that hold the rows
 */
@JsonPropertyOrder("format")
public record PartitionManifest(
    @JsonProperty(required = true) String partition,
    @JsonProperty(required = true) String identity,
    String run,
    @JsonProperty(required = true) String directory,
    @JsonAlias("modelName") String modelName,
    @JsonAlias("modelVersion") String modelVersion,
    @JsonAlias("modelDigest") String modelDigest,
    String engine,
    @JsonAlias("stagedAt") String stagedAt,
    long read,
    long scored,
    long quarantined,
    List<String> keys,
    List<String> scores,
    Optional<ReasonsForm> reasons,
    Optional<ScoredInput> input,
    List<DataFile> files) {
  /** The manifest's file name. */
  public static final String FILE = "_paritree.json";

  /** Spark's and Hadoop's mark of a complete directory. */
  public static final String SUCCESS_FILE = "_SUCCESS";

  /** The most bytes of it that a server reads: about 28,000 files. */
  public static final int MAX_BYTES = 6 << 20;

  /** The first had names such as {@code modelName}, which are read too. */
  private static final int FORMAT = 2;

  /** A run's directory is one name: with another, the partition would hide all others. */
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,200}");

  public PartitionManifest {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(directory, "directory");
    if (!isRun(directory)) {
      throw new IllegalArgumentException("\"directory\" is no name of a run's directory");
    }

    keys = List.copyOf(keys);
    scores = List.copyOf(scores);
    files = List.copyOf(files);
  }

  /** Returns whether a text is the name of a run's directory. */
  public static boolean isRun(String name) {
    return NAME.matcher(name).matches();
  }

  /** Returns a text that differs for any two publications, even of the same identity. */
  public String token() {
    return identity + "@" + directory;
  }

  @JsonProperty
  int format() {
    return FORMAT;
  }

  /** Returns the manifest as indented JSON. */
  public byte[] toJson() {
    return Documents.wide(this);
  }

  /**
   * Returns why no server can read the partition; empty if one can.
   *
   * @param json of the manifest
   */
  public Optional<String> servingProblem(byte[] json) {
    return json.length <= MAX_BYTES
        ? Optional.empty()
        : Optional.of(
            ("Cannot publish '%s' with an index (--lookup-index): its %s has %s bytes for %s files,"
                    + " and servers read at most %s; make fewer files, with more rows or bytes in"
                    + " each")
                .formatted(partition, FILE, json.length, files.size(), MAX_BYTES));
  }

  /**
   * Reads a manifest; members that this version does not know are ignored.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is not a manifest
   */
  public static PartitionManifest fromJson(byte[] content, String where)
      throws DamagedFileException {
    try {
      Documents.checkFormat(where, content, FORMAT);
      return Documents.TOLERANT.read(PartitionManifest.class, where, content);
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }
}
