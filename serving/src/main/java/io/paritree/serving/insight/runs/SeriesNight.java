package io.paritree.serving.insight.runs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.drift.Drift;
import io.paritree.drift.FieldDrift;
import io.paritree.drift.OutputDrift;
import io.paritree.drift.Shares;
import io.paritree.json.Documents;
import io.paritree.output.RunDrift;
import io.paritree.profile.OutputProfile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A partition in a series: its scores, and one field.
 *
 * @param baseline what it was compared with; empty if with nothing
 * @param field as it was compared; empty if that is not asked for, or not known
 * @param now the field's shares; empty if nobody may read them
 */
record SeriesNight(
    String baseline,
    double baselineRows,
    List<Score> scores,
    Optional<FieldDrift> field,
    Optional<Shares> now) {
  private static final int MOST = 50;

  /** An output of a night. */
  private record Score(OutputDrift drift, double mean, OptionalDouble above) {}

  static SeriesNight of(RunDrift.Partition rows, StoredDriftQuery query) {
    Optional<Drift> drift = rows.first(query.against());
    Map<String, OutputProfile> outputs =
        rows.profile().map(OutputDrift::bySubject).orElse(Map.of());
    List<OutputDrift> compared =
        drift
            .map(Drift::outputs)
            .orElseGet(() -> outputs.keySet().stream().map(OutputDrift::notCompared).toList());
    long scored = rows.profile().map(any -> any.scored()).orElse(0L);
    Optional<Map<String, Shares>> shares = rows.profile().map(Shares::byField);
    return new SeriesNight(
        drift.map(Drift::baseline).orElse(""),
        drift.map(Drift::rows).orElse(Double.NaN),
        compared.stream()
            .limit(MOST)
            .map(output -> score(output, outputs.get(output.subject()), scored))
            .toList(),
        drift.stream()
            .flatMap(any -> any.fields().stream())
            .filter(any -> query.field().filter(any.name()::equals).isPresent())
            .findFirst(),
        query.field().flatMap(name -> shares.map(all -> all.get(name))));
  }

  private static Score score(OutputDrift drift, OutputProfile own, long scored) {
    return own == null
        ? new Score(drift, Double.NaN, OptionalDouble.empty())
        : new Score(drift, own.mean(), OutputDrift.above(own, scored));
  }

  void write(JsonGenerator json) throws IOException {
    if (!baseline.isEmpty()) {
      json.writeStringField("baseline", baseline);
      json.writeNumberField("baseline_rows", baselineRows);
    }

    json.writeArrayFieldStart("outputs");
    for (Score score : scores) {
      json.writeStartObject();
      Documents.members(score.drift, json);
      if (!Double.isNaN(score.mean)) {
        json.writeNumberField("mean", score.mean);
      }

      if (score.above.isPresent()) {
        json.writeNumberField("above", score.above.getAsDouble());
      }

      json.writeEndObject();
    }

    json.writeEndArray();
    if (field.isEmpty() && now.isEmpty()) {
      return;
    }

    json.writeObjectFieldStart("field");
    if (field.isPresent()) {
      Documents.members(field.get(), json);
    }

    if (now.isPresent()) {
      json.writeFieldName("now");
      Documents.write(now.get(), json);
    }

    json.writeEndObject();
  }
}
