package io.paritree.spark.publish;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * @param before {@link OutputLook#token} of its place when the run began; once the swap has begun,
 *     the token of its own directory alone
 * @param others once the swap has begun, the directories that have the same values under other
 *     names, which go with the old rows; empty before
 */
public record PreparedPartition(
    String partition,
    String identity,
    String before,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> others) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public PreparedPartition {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(before, "before");
    others = others == null ? List.of() : List.copyOf(others);
  }

  /** Returns a partition of a run that has not begun to move it. */
  public PreparedPartition(String partition, String identity, String before) {
    this(partition, identity, before, List.of());
  }

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
