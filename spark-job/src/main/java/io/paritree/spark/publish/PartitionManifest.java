package io.paritree.spark.publish;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.output.PublishedPartition;
import io.paritree.output.ReasonsForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
 * @param reasons a {@link ReasonsForm}; null if the rows have no reasons, or if the run is one of a
 *     version that did not write this
 * @param files the files that hold the rows
 */
@JsonIgnoreProperties(ignoreUnknown = true)
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
    List<String> keys,
    List<String> scores,
    @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode reasons,
    List<DataFile> files) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT = 1;

  /** The manifest's file name. */
  public static final String FILE = "_paritree.json";

  /** Spark's and Hadoop's mark of a complete directory. */
  public static final String SUCCESS_FILE = "_SUCCESS";

  public PartitionManifest {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(directory, "directory");
    run = Objects.requireNonNullElse(run, "");
    modelName = Objects.requireNonNullElse(modelName, "");
    modelVersion = Objects.requireNonNullElse(modelVersion, "");
    modelDigest = Objects.requireNonNullElse(modelDigest, "");
    engine = Objects.requireNonNullElse(engine, "");
    stagedAt = Objects.requireNonNullElse(stagedAt, "");
    keys = keys == null ? List.of() : List.copyOf(keys);
    scores = scores == null ? List.of() : List.copyOf(scores);
    files = List.copyOf(files);
  }

  /** Returns how reasons are read as the manifest has it; null if the rows have none. */
  public static JsonNode json(Optional<ReasonsForm> reasons) {
    try {
      return reasons.isEmpty() ? null : JSON.readTree(reasons.get().toJson());
    } catch (IOException e) {
      throw new UncheckedIOException("This is JSON", e);
    }
  }

  /** Returns a text that differs for any two publications, even of the same identity. */
  String token() {
    return identity + "@" + directory;
  }

  /** Returns the manifest as indented JSON. */
  public byte[] toJson() throws IOException {
    ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
    json.setAll(JSON.<ObjectNode>valueToTree(this));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }

  /**
   * Returns why no server can read the partition; empty if one can.
   *
   * @param json of the manifest
   */
  public Optional<String> servingProblem(byte[] json) {
    return json.length <= PublishedPartition.MAX_BYTES
        ? Optional.empty()
        : Optional.of(
            ("Cannot publish '%s' with an index (--lookup-index): its %s has %s bytes for %s files,"
                    + " and servers read at most %s; make fewer files, with more rows or bytes in"
                    + " each")
                .formatted(
                    partition, FILE, json.length, files.size(), PublishedPartition.MAX_BYTES));
  }

  /**
   * Reads a manifest; fields that this version does not know are ignored.
   *
   * @param where the file, for messages
   * @throws IOException if this is not a manifest
   */
  public static PartitionManifest fromJson(byte[] json, String where) throws IOException {
    try {
      JsonNode node = JSON.readTree(json);
      if (node.path("format").asInt() != FORMAT) {
        throw new IOException(
            "Cannot read %s: it is not a partition manifest of this version: \"format\": %s is missing"
                .formatted(where, FORMAT));
      }

      return JSON.treeToValue(node, PartitionManifest.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Cannot read %s: it is not a partition manifest: %s"
              .formatted(where, e.getOriginalMessage()),
          e);
    }
  }
}
