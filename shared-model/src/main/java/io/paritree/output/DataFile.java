package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One file of a partition.
 *
 * @param name its name within the partition's directory
 * @param bytes its length
 * @param rows how many rows it holds
 * @param sha256 of its content, in 64 digits; empty if an earlier version has written it
 */
public record DataFile(String name, long bytes, long rows, Optional<String> sha256) {
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

  /** Writes the members of its object. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("name", name);
    json.writeNumberField("bytes", bytes);
    json.writeNumberField("rows", rows);
    if (sha256.isPresent()) {
      json.writeStringField("sha256", sha256.get());
    }
  }

  /** Reads what {@link #write} has written; members of later versions are ignored. */
  static DataFile read(StrictJson json) throws BrokenJsonException {
    JsonMembers file = new JsonMembers(json, Set.of("bytes", "rows"), Map.of()).read();
    if (!file.hasTexts(Set.of("name"))
        || file.number("bytes", -1) < 0
        || file.number("rows", -1) < 0) {
      throw json.wrong("a file with its \"name\", \"bytes\" and \"rows\"");
    }

    return new DataFile(
        file.text("name"),
        file.number("bytes"),
        file.number("rows"),
        Optional.of(file.text("sha256", "")).filter(digest -> !digest.isEmpty()));
  }
}
