package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * What the rows of a published partition were made of.
 *
 * @param path the directory, file or table, as reports name it
 * @param version of the table; empty if it has none, or is a directory
 * @param files how many files of it
 * @param digest SHA-256 of their names, lengths and times, as the run has made it; another one if
 *     one of them is another file
 */
public record ScoredInput(String path, String version, long files, String digest) {

  /** Writes its object. */
  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("path", path);
    JsonText.optional(json, "version", version);
    json.writeNumberField("files", files);
    json.writeStringField("digest", digest);
    json.writeEndObject();
  }

  /** Reads what {@link #write} has written; members of later versions are ignored. */
  static ScoredInput read(StrictJson json) throws BrokenJsonException {
    JsonMembers input = new JsonMembers(json, Set.of("files"), Map.of()).read();
    return new ScoredInput(
        input.text("path", ""),
        input.text("version", ""),
        input.number("files", 0),
        input.text("digest", ""));
  }
}
