package io.paritree.profile;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

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
public record Profile(
    long rows,
    long scored,
    long sampled,
    long explained,
    List<FeatureProfile> features,
    List<OutputProfile> outputs,
    List<MarginProfile> margins,
    Map<String, Map<String, Long>> faults) {
  static final long FORMAT = 1;

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

  /** Returns the profile as JSON, indented, with arrays in one line. */
  public byte[] toJson() {
    return JsonText.wide(JsonText.object(this::write));
  }

  /**
   * Reads a profile.
   *
   * @param origin names the document in messages
   * @throws BrokenJsonException if this is not a profile
   */
  public static Profile fromJson(String origin, byte[] content) throws BrokenJsonException {
    StrictJson json = new StrictJson(origin, content);
    List<Profile> read = new ArrayList<>();
    json.document(() -> read.add(read(json)));
    return read.get(0);
  }

  /** Reads a profile that is a value in a document. */
  public static Profile read(StrictJson json) throws BrokenJsonException {
    return read(json, any -> true);
  }

  /**
   * Reads a profile that is a value in a document.
   *
   * @param fields says of which fields the features are read
   */
  public static Profile read(StrictJson json, Predicate<String> fields) throws BrokenJsonException {
    return new ProfileReader(json, fields).read();
  }

  /** Writes the members of the profile. */
  public void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeNumberField("rows", rows);
    json.writeNumberField("scored", scored);
    json.writeNumberField("sampled", sampled);
    json.writeNumberField("explained", explained);
    JsonText.objects(json, "features", features, feature -> write(feature, json));
    JsonText.objects(json, "outputs", outputs, output -> write(output, json));
    JsonText.objects(json, "margins", margins, margin -> write(margin, json));
    json.writeObjectFieldStart("faults");
    for (Map.Entry<String, Map<String, Long>> field : faults.entrySet()) {
      JsonText.counts(json, field.getKey(), field.getValue());
    }

    json.writeEndObject();
  }

  private static void write(FeatureProfile feature, JsonGenerator json) throws IOException {
    json.writeStringField("feature", feature.feature());
    json.writeStringField("field", feature.field());
    json.writeNumberField("missing", feature.missing());
    json.writeNumberField("unseen", feature.unseen());
    if (feature.bins().isPresent()) {
      feature.bins().get().write(json);
    }

    if (!feature.contributions().isEmpty()) {
      JsonText.array(json, "contributions", feature.contributions(), json::writeNumber);
    }
  }

  private static void write(OutputProfile output, JsonGenerator json) throws IOException {
    json.writeStringField("output", output.output());
    json.writeNumberField("mean", output.mean());
    if (output.above().isPresent()) {
      json.writeNumberField("above", output.above().getAsLong());
    }

    if (output.bins().isPresent()) {
      output.bins().get().write(json);
    }
  }

  private static void write(MarginProfile margin, JsonGenerator json) throws IOException {
    json.writeNumberField("mean", margin.mean());
    json.writeNumberField("base", margin.base());
    if (margin.deviation().isPresent()) {
      json.writeNumberField("deviation", margin.deviation().getAsDouble());
    }
  }
}
