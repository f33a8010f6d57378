package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

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
    String[] file = {null};
    Map<String, Long> numbers = new HashMap<>();
    json.namedValues(
        name -> {
          switch (name) {
            case "name" -> file[0] = json.text();
            case "bytes", "rows" -> numbers.put(name, json.integer(0, Long.MAX_VALUE));
            default -> json.skip();
          }
        });
    if (file[0] == null || numbers.size() < 2) {
      throw json.wrong("a file with its \"name\", \"bytes\" and \"rows\"");
    }

    return new DataFile(file[0], numbers.get("bytes"), numbers.get("rows"));
  }
}
