package io.paritree.spark.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/**
 * A partition that is staged and verified.
 *
 * @param partition its directory below the output; empty if the output is not partitioned
 * @param identity SHA-256 of all that its content depends on
 * @param before {@link OutputPlace#token} of its place when the run began
 */
public record PreparedPartition(String partition, String identity, String before) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public PreparedPartition {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(before, "before");
  }

  /** Returns partitions as a JSON array. */
  static byte[] toJson(List<PreparedPartition> partitions) throws IOException {
    return JSON.writeValueAsBytes(partitions);
  }

  /**
   * Reads partitions.
   *
   * @param where the file, for messages
   * @throws IOException if this is not such an array
   */
  static List<PreparedPartition> fromJson(byte[] json, String where) throws IOException {
    try {
      return List.of(JSON.readValue(json, PreparedPartition[].class));
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Cannot read %s: it does not list a run's partitions: %s"
              .formatted(where, e.getOriginalMessage()),
          e);
    }
  }
}
