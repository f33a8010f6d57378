package io.paritree.spark.publish;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * One file of a partition.
 *
 * @param name its name within the partition's directory
 * @param bytes its length
 * @param rows how many rows it holds
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record DataFile(
    String name,
    @JsonProperty(required = true) long bytes,
    @JsonProperty(required = true) long rows) {

  public DataFile {
    Objects.requireNonNull(name, "name");
  }
}
