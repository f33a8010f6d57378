package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import io.paritree.profile.Profile;

/**
 * The profile of a partition, in the state of its output.
 *
 * @param modelDigest of the model that has scored the rows
 */
@JsonPropertyOrder("format")
public record StoredProfile(
    @JsonProperty(value = "model", required = true) String modelDigest,
    @JsonProperty(required = true) Profile profile) {
  private static final int FORMAT = 1;

  /**
   * Returns the profile as far as the rows of a model can be compared with it: without
   * contributions if another model has made them.
   *
   * @param digest of that model
   */
  public Profile comparable(String digest) {
    return modelDigest.equals(digest) ? profile : profile.unexplained();
  }

  @JsonProperty
  int format() {
    return FORMAT;
  }

  /** Returns it as indented JSON. */
  public byte[] toJson() {
    return Documents.wide(this);
  }

  /**
   * Reads it; members that only other versions have written are skipped.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is something else
   */
  public static StoredProfile fromJson(byte[] content, String where) throws DamagedFileException {
    try {
      Documents.checkFormat("it", content, FORMAT);
      return Documents.TOLERANT.read(StoredProfile.class, "it", content);
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is not the profile of a partition: %s"
              .formatted(where, e.getMessage()),
          e);
    }
  }
}
