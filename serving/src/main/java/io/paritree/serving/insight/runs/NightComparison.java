package io.paritree.serving.insight.runs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.drift.Drift;
import io.paritree.drift.FieldDrift;
import io.paritree.drift.OutputDrift;
import io.paritree.drift.Shares;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.profile.BinCounts;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes one comparison of a partition's rows: the first fields, and the counts of one of them. */
final class NightComparison {
  private static final int MOST = 50;

  private final Optional<Profile> profile;
  private final Optional<Drift> drift;
  private final BaselineProfiles.Found baseline;
  private final Map<String, Shares> now;
  private final Map<String, OutputProfile> outputs;

  /**
   * @param profile of the partition's rows; empty if nobody may read it
   * @param drift empty if they are compared with nothing
   * @param baseline what they are compared with
   */
  NightComparison(
      Optional<Profile> profile, Optional<Drift> drift, BaselineProfiles.Found baseline) {
    this.profile = profile;
    this.drift = drift;
    this.baseline = baseline;
    this.now = profile.map(Shares::byField).orElse(Map.of());
    this.outputs = profile.map(OutputDrift::bySubject).orElse(Map.of());
  }

  /** Returns all fields, compared or not. */
  private List<FieldDrift> fields() {
    return drift
        .map(Drift::fields)
        .orElseGet(() -> now.keySet().stream().map(FieldDrift::notCompared).toList());
  }

  boolean hasField(String name) {
    return fields().stream().anyMatch(field -> field.name().equals(name));
  }

  void write(StoredDriftQuery query, JsonGenerator json) throws IOException {
    if (profile.isPresent()) {
      json.writeNumberField("rows", profile.get().rows());
      json.writeNumberField("scored", profile.get().scored());
      json.writeNumberField("sampled", profile.get().sampled());
      json.writeNumberField("explained", profile.get().explained());
    }

    if (drift.isPresent()) {
      json.writeStringField("baseline", drift.get().baseline());
      JsonText.array(json, "baseline_partitions", drift.get().partitions(), json::writeString);
      json.writeNumberField("baseline_rows", drift.get().rows());
      JsonText.array(
          json, "margins", drift.get().margins(), margin -> Documents.write(margin, json));
      JsonText.optional(json, "not_explained", drift.get().notExplained());
      JsonText.optional(json, "no_baseline_counts", baseline.absence());
    }

    outputs(json);
    fields(query, json);
    Optional<FieldDrift> chosen =
        fields().stream()
            .filter(field -> query.field().filter(field.name()::equals).isPresent())
            .findFirst();
    if (chosen.isPresent()) {
      json.writeObjectFieldStart("field");
      write(chosen.get(), json);
      counts(chosen.get().name(), json);
      json.writeEndObject();
    }
  }

  private void outputs(JsonGenerator json) throws IOException {
    List<OutputDrift> shown =
        drift
            .map(Drift::outputs)
            .orElseGet(() -> outputs.keySet().stream().map(OutputDrift::notCompared).toList());
    JsonText.objects(
        json, "outputs", shown.stream().limit(MOST).toList(), output -> output(output, json));
  }

  private void output(OutputDrift output, JsonGenerator json) throws IOException {
    Documents.members(output, json);
    OutputProfile own = outputs.get(output.subject());
    if (own == null) {
      return;
    }

    if (!Double.isNaN(own.mean())) {
      json.writeNumberField("mean", own.mean());
    }

    if (OutputDrift.above(own, profile.orElseThrow().scored()).isPresent()) {
      json.writeNumberField("above", OutputDrift.above(own, profile.get().scored()).getAsDouble());
    }

    counts(
        own.bins(),
        baseline.profile().stream()
            .flatMap(any -> any.outputs().stream())
            .filter(any -> any.output().equals(own.output()))
            .flatMap(any -> any.bins().stream())
            .findFirst(),
        json);
  }

  private void fields(StoredDriftQuery query, JsonGenerator json) throws IOException {
    String wanted = query.search().toLowerCase(Locale.ROOT);
    List<FieldDrift> found =
        fields().stream()
            .filter(field -> field.name().toLowerCase(Locale.ROOT).contains(wanted))
            .sorted(query.order().by(now))
            .toList();
    JsonText.objects(
        json, "fields", found.stream().limit(MOST).toList(), field -> write(field, json));
    json.writeNumberField("fields_left", Math.max(0, found.size() - MOST));
  }

  private void write(FieldDrift field, JsonGenerator json) throws IOException {
    Documents.members(field, json);
    if (now.containsKey(field.name())) {
      json.writeFieldName("now");
      Documents.write(now.get(field.name()), json);
    }
  }

  /** Writes the counts of the features that read a field. */
  private void counts(String field, JsonGenerator json) throws IOException {
    List<FeatureProfile> own =
        profile.stream()
            .flatMap(any -> any.features().stream())
            .filter(feature -> feature.field().equals(field))
            .toList();
    JsonText.objects(
        json,
        "counts",
        own,
        feature -> {
          json.writeStringField("feature", feature.feature());
          counts(
              feature.bins(),
              baseline.profile().stream()
                  .flatMap(any -> any.features().stream())
                  .filter(any -> any.feature().equals(feature.feature()))
                  .flatMap(any -> any.bins().stream())
                  .findFirst(),
              json);
        });
  }

  private static void counts(
      Optional<BinCounts> own, Optional<BinCounts> before, JsonGenerator json) throws IOException {
    if (own.isEmpty()) {
      return;
    }

    Documents.members(own.get(), json);
    if (before.filter(any -> any.bins().equals(own.get().bins())).isPresent()) {
      JsonText.array(json, "baseline_counts", before.get().counts(), json::writeNumber);
    }
  }
}
