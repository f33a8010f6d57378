package io.paritree.outcome;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * A model whose scores are measured.
 *
 * @param version the value of the column {@code model_version}; empty if rows have none
 * @param digest of its package; empty if it is not known
 */
public record MeasuredModel(String version, String digest) {
  /** Writes the members. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStringField("version", version);
    JsonText.optional(json, "digest", digest);
  }

  /** Reads an object; members that this version does not know are ignored. */
  public static MeasuredModel read(StrictJson json) throws BrokenJsonException {
    JsonMembers members = new JsonMembers(json, Set.of(), Map.of()).read();
    return new MeasuredModel(members.text("version"), members.text("digest", ""));
  }
}
