package io.paritree.profile;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What some rows of a model are like. Immutable and thread-safe.
 *
 * @param rows how many were read
 * @param scored how many of them were scored; the others have faults
 * @param sampled how many scored rows are in the bins of the features
 * @param explained how many scored rows the contributions and margins are the means of
 * @param features in the model's order, offsets last
 * @param outputs in the model's order
 * @param margins in the model's order; empty without explained rows
 * @param faults rows by field and fault code; the field of a fault of a whole row is empty
 */
@JsonIgnoreProperties(value = "format", allowGetters = true)
@JsonPropertyOrder("format")
public record Profile(
    @JsonProperty(required = true) long rows,
    @JsonProperty(required = true) long scored,
    @JsonProperty(required = true) long sampled,
    @JsonSetter(nulls = Nulls.AS_EMPTY) long explained,
    @JsonProperty(required = true) List<FeatureProfile> features,
    @JsonProperty(required = true) List<OutputProfile> outputs,
    @JsonSetter(nulls = Nulls.AS_EMPTY) List<MarginProfile> margins,
    @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Map<String, Long>> faults) {
  private static final int FORMAT = 1;

  public Profile {
    features = List.copyOf(features);
    outputs = List.copyOf(outputs);
    margins = List.copyOf(margins);
    TreeMap<String, Map<String, Long>> sorted = new TreeMap<>();
    faults.forEach(
        (field, codes) -> sorted.put(field, Collections.unmodifiableMap(new TreeMap<>(codes))));
    faults = Collections.unmodifiableMap(sorted);
  }

  /**
   * Returns the profile of the rows of both. Of features that only one has, or with other bins,
   * there is nothing in the result but what both count alike.
   */
  public Profile plus(Profile other) {
    return new ProfileSum(this, other).result();
  }

  /** Returns the profile without contributions. */
  public Profile unexplained() {
    return new Profile(
        rows,
        scored,
        sampled,
        0,
        features.stream().map(FeatureProfile::withoutContributions).toList(),
        outputs,
        List.of(),
        faults);
  }

  @JsonProperty
  int format() {
    return FORMAT;
  }

  /** Returns the profile as JSON, indented, with arrays in one line. */
  public byte[] toJson() {
    return Documents.wide(this);
  }

  /**
   * Reads a profile.
   *
   * @param origin names the document in messages
   * @throws BrokenJsonException if this is not a profile
   */
  public static Profile fromJson(String origin, byte[] content) throws BrokenJsonException {
    Documents.checkFormat(origin, content, FORMAT);
    return Documents.STRICT.read(Profile.class, origin, content);
  }
}
