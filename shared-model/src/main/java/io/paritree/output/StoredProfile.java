package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import io.paritree.profile.Profile;
import io.paritree.profile.SlicedProfile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The profile of a partition, in the state of its output.
 *
 * @param modelDigest of the model that has scored the rows
 */
public record StoredProfile(String modelDigest, SlicedProfile profile) {
  private static final long FORMAT = 1;

  /**
   * Returns the profile as far as the rows of a model can be compared with it: without
   * contributions if another model has made them.
   *
   * @param digest of that model
   */
  public SlicedProfile comparable(String digest) {
    return modelDigest.equals(digest) ? profile : profile.unexplained();
  }

  /** Returns it as indented JSON. */
  public byte[] toJson() {
    return JsonText.wide(JsonText.object(this::write));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("model", modelDigest);
    write(profile.whole(), json);
    JsonText.optional(json, "by", profile.by());
    if (!profile.by().isEmpty()) {
      JsonText.objects(
          json,
          "slices",
          profile.slices().entrySet(),
          slice -> {
            json.writeStringField("slice", slice.getKey());
            write(slice.getValue(), json);
          });
    }
  }

  private static void write(Profile profile, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("profile");
    profile.write(json);
    json.writeEndObject();
  }

  /**
   * Reads it.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is something else
   */
  public static StoredProfile fromJson(byte[] content, String where) throws DamagedFileException {
    List<String> model = new ArrayList<>();
    List<Profile> profile = new ArrayList<>();
    List<String> by = new ArrayList<>();
    Map<String, Profile> slices = new LinkedHashMap<>();
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
                      () -> by.add(json.text()),
                      "slices",
                      () -> json.list(() -> readSlice(json, slices))),
                  Set.of("format", "model", "profile")));
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is not the profile of a partition: %s"
              .formatted(where, e.getMessage()),
          e);
    }

    SlicedProfile all =
        by.isEmpty()
            ? SlicedProfile.of(profile.get(0))
            : new SlicedProfile(profile.get(0), by.get(0), slices);
    return new StoredProfile(model.get(0), all);
  }

  private static void readSlice(StrictJson json, Map<String, Profile> slices)
      throws BrokenJsonException {
    List<String> name = new ArrayList<>();
    List<Profile> profile = new ArrayList<>();
    json.object(
        Map.of(
            "slice", () -> name.add(json.text()), "profile", () -> profile.add(Profile.read(json))),
        Set.of("slice", "profile"));
    slices.put(name.get(0), profile.get(0));
  }
}
