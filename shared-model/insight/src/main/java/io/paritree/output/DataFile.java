package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import java.util.Optional;

/**
 * One file of a partition.
 *
 * @param name its name within the partition's directory
 * @param bytes its length
 * @param rows how many rows it holds
 * @param sha256 of its content, in 64 digits; empty if an earlier version has written it
 */
public record DataFile(
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) long bytes,
    @JsonProperty(required = true) long rows,
    Optional<String> sha256) {
  public DataFile {
    Objects.requireNonNull(name, "name");
  }

  /**
   * Returns the file by its path below another directory.
   *
   * @param path of its own directory, with a slash at its end; empty if they are the same
   */
  public DataFile below(String path) {
    return new DataFile(path + name, bytes, rows, sha256);
  }
}
