package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One file of a partition.
 *
 * @param name its name within the partition's directory
 * @param bytes its length
 * @param rows how many rows it holds
 */
public record DataFile(String name, long bytes, long rows) {
  public DataFile {
    Objects.requireNonNull(name, "name");
  }

  /** Writes the members of its object. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("name", name);
    json.writeNumberField("bytes", bytes);
    json.writeNumberField("rows", rows);
  }

  /** Reads what {@link #write} has written; members of later versions are ignored. */
  static DataFile read(StrictJson json) throws BrokenJsonException {
    JsonMembers file = new JsonMembers(json, Set.of("bytes", "rows"), Map.of()).read();
    if (!file.hasTexts(Set.of("name"))
        || file.number("bytes", -1) < 0
        || file.number("rows", -1) < 0) {
      throw json.wrong("a file with its \"name\", \"bytes\" and \"rows\"");
    }

    return new DataFile(file.text("name"), file.number("bytes"), file.number("rows"));
  }
}
