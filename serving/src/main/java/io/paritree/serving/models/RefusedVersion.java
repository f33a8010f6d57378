package io.paritree.serving.models;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The newest version of a model, which was found and is not in service.
 *
 * @param modelVersion as answers name it; empty if its place does not say which it is
 * @param at when it was first refused
 * @param reason for callers: without places of the server
 */
public record RefusedVersion(Optional<String> modelVersion, Instant at, String reason) {
  /** The directories of a path or a URI, but for the last name. */
  private static final Pattern DIRECTORIES =
      Pattern.compile("(?<![\\w.])(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?/[^\\s'\"(),;]*/");

  /**
   * @param why for operators, with places
   * @param place of the version, of whose path callers know the last two names
   */
  static RefusedVersion of(Optional<String> modelVersion, Instant at, String why, String place) {
    String store = place.replaceFirst("[^/]*/[^/]*/?$", "");
    String reason = store.isEmpty() ? why : why.replace(store, "");
    return new RefusedVersion(modelVersion, at, DIRECTORIES.matcher(reason).replaceAll(""));
  }

  /** Writes it as a member, if there is one. */
  public static void write(Optional<RefusedVersion> refused, JsonGenerator json)
      throws IOException {
    if (refused.isPresent()) {
      json.writeObjectFieldStart("refused");
      JsonText.optional(json, "model_version", refused.get().modelVersion);
      json.writeStringField("at", refused.get().at.toString());
      json.writeStringField("reason", refused.get().reason);
      json.writeEndObject();
    }
  }
}
