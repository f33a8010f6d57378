package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import io.paritree.profile.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The profile of a partition, in the state of its output.
 *
 * @param modelDigest of the model that has scored the rows
 */
public record StoredProfile(String modelDigest, Profile profile) {
  private static final long FORMAT = 1;

  /**
   * Returns the profile as far as the rows of a model can be compared with it: without
   * contributions if another model has made them.
   *
   * @param digest of that model
   */
  public Profile comparable(String digest) {
    return modelDigest.equals(digest) ? profile : profile.unexplained();
  }

  /** Returns it as indented JSON. */
  public byte[] toJson() {
    return JsonText.wide(JsonText.object(this::write));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("model", modelDigest);
    json.writeObjectFieldStart("profile");
    profile.write(json);
    json.writeEndObject();
  }

  /**
   * Reads it; members that only earlier versions have written are skipped.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is something else
   */
  public static StoredProfile fromJson(byte[] content, String where) throws DamagedFileException {
    List<String> model = new ArrayList<>();
    List<Profile> profile = new ArrayList<>();
    try {
      StrictJson json = new StrictJson("it", content);
      json.document(
          () ->
              json.object(
                  Map.of(
                      "format",
                      () -> json.integer(FORMAT, FORMAT),
                      "model",
                      () -> model.add(json.text()),
                      "profile",
                      () -> profile.add(Profile.read(json)),
                      "by",
                      json::skip,
                      "slices",
                      json::skip),
                  Set.of("format", "model", "profile")));
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is not the profile of a partition: %s"
              .formatted(where, e.getMessage()),
          e);
    }

    return new StoredProfile(model.get(0), profile.get(0));
  }
}
