package io.paritree.serving.runs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.output.ReportedChallenger;
import io.paritree.output.RunReport;
import io.paritree.output.RunReport.Change;
import io.paritree.output.RunReport.FaultyRows;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.RunReport.Partition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes runs into answers: numbers that are not finite as null, texts without a value not. */
final class RunJson {
  private static final int MOST_PARTITIONS = 1_000;

  private RunJson() {}

  /** Writes the members of a run in a list. */
  static void item(EndedRun run, JsonGenerator json) throws IOException {
    json.writeStringField("run", run.directory());
    if (run.report().isPresent()) {
      JsonText.members(json, run.report().get().item());
    } else {
      json.writeStringField("problem", run.problem());
    }
  }

  /** Writes what a list has of a report. */
  static void listed(RunSummary summary, JsonGenerator json) throws IOException {
    summary(summary, summary.ending().message(), json);
    if (summary.start().model().isPresent()) {
      json.writeStringField("model_version", summary.start().model().get().version());
    }

    json.writeNumberField("seconds", summary.seconds());
  }

  /**
   * Writes the members of a run that is asked for by itself.
   *
   * @param examples whether values of quarantined rows are written
   */
  static void report(String directory, RunReport report, boolean examples, JsonGenerator json)
      throws IOException {
    json.writeStringField("run", directory);
    summary(RunSummary.of(report), report.ending().message(), json);
    RunReport.Start start = report.start();
    if (start.model().isPresent()) {
      json.writeStringField("model_version", start.model().get().version());
      json.writeObjectFieldStart("model");
      model(start.model().get(), json);
      json.writeEndObject();
    }

    json.writeStringField("input", start.input());
    JsonText.optional(json, "input_version", start.inputVersion());
    json.writeStringField("output", start.output());
    if (report.rows().perSecond() > 0) {
      json.writeNumberField("rows_per_second", report.rows().perSecond());
    }

    JsonText.optional(json, "quarantine", report.quarantine().place());
    JsonText.counts(json, "codes", report.quarantine().codes());
    JsonText.objects(
        json, "faults", report.quarantine().faults(), fault -> fault(fault, examples, json));
    JsonText.counts(json, "missing", report.values().missing());
    JsonText.counts(json, "unseen", report.values().unseen());
    JsonText.objects(json, "changed", report.values().changed(), change -> change(change, json));
    if (report.duplicateKeys().isPresent()) {
      json.writeNumberField("duplicate_keys", report.duplicateKeys().getAsLong());
    }

    scores(report, json);
    json.writeObjectFieldStart("seconds");
    for (Map.Entry<String, Double> stage : report.seconds().entrySet()) {
      number(stage.getKey(), stage.getValue(), json);
    }

    json.writeEndObject();
    partitions(report.partitions(), json);
    if (!report.challengers().isEmpty()) {
      JsonText.objects(json, "challengers", report.challengers(), one -> challenger(one, json));
    }
  }

  private static void challenger(ReportedChallenger one, JsonGenerator json) throws IOException {
    json.writeStringField("name", one.name());
    JsonText.optional(json, "model_version", one.version());
    JsonText.optional(json, "left_out", one.leftOut());
    json.writeBooleanField("compared", !one.file().isEmpty());
  }

  private static void summary(RunSummary summary, String message, JsonGenerator json)
      throws IOException {
    json.writeStringField("run_id", summary.start().run());
    json.writeStringField("started_at", summary.start().startedAt());
    json.writeStringField("outcome", summary.ending().outcome());
    json.writeNumberField("exit_code", summary.ending().exitCode());
    JsonText.optional(json, "message", message);
    if (summary.ending().groupsLeft() > 0) {
      json.writeNumberField("groups_left", summary.ending().groupsLeft());
    }

    json.writeNumberField("read", summary.rows().read());
    json.writeNumberField("scored", summary.rows().scored());
    json.writeNumberField("quarantined", summary.rows().quarantined());
    JsonText.array(json, "published", summary.published(), json::writeString);
    JsonText.array(json, "held", summary.held(), json::writeString);
    JsonText.objects(
        json,
        "held_by",
        summary.gates().entrySet(),
        gate -> {
          json.writeStringField("gate", gate.getKey());
          json.writeNumberField("partitions", gate.getValue());
        });
    int left =
        summary.publishedCount()
            - summary.published().size()
            + summary.heldCount()
            - summary.held().size();
    if (left > 0) {
      json.writeNumberField("names_left", left);
    }

    json.writeNumberField("already_published", summary.before());
  }

  private static void model(RunReport.Model model, JsonGenerator json) throws IOException {
    json.writeStringField("name", model.name());
    json.writeStringField("model_version", model.version());
    json.writeStringField("digest", model.digest());
    json.writeStringField("engine", model.engine());
    json.writeBooleanField("sealed", model.sealed());
    JsonText.optional(json, "early_stopping", model.earlyStopping());
    JsonText.optional(json, "offsets", model.offsets());
  }

  private static void fault(FaultyRows fault, boolean examples, JsonGenerator json)
      throws IOException {
    json.writeStringField("field", fault.field());
    json.writeStringField("code", fault.code());
    json.writeNumberField("rows", fault.rows());
    JsonText.optional(json, "example", examples ? fault.example() : "");
  }

  private static void change(Change change, JsonGenerator json) throws IOException {
    json.writeStringField("feature", change.feature());
    json.writeNumberField("missing", change.missing());
    json.writeNumberField("missing_sealed", change.missingSealed());
    json.writeNumberField("unseen", change.unseen());
    json.writeNumberField("unseen_sealed", change.unseenSealed());
  }

  private static void scores(RunReport report, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("scores");
    json.writeNumberField("count", report.scores().map(RunReport.Scores::count).orElse(0L));
    if (report.scores().isPresent()) {
      RunReport.Scores scores = report.scores().get();
      number("mean", scores.mean(), json);
      json.writeFieldName("min");
      score(scores.min(), json);
      json.writeFieldName("max");
      score(scores.max(), json);
      JsonText.array(json, "deciles", scores.deciles(), decile -> score(decile, json));
    }

    json.writeEndObject();
  }

  private static void partitions(RunReport.Partitions partitions, JsonGenerator json)
      throws IOException {
    List<Partition> scored = partitions.scored();
    List<Partition> shown = scored.subList(0, Math.min(MOST_PARTITIONS, scored.size()));
    int published = partitions.ofRun().size();
    json.writeArrayFieldStart("partitions");
    for (int at = 0; at < shown.size(); at++) {
      partition(shown.get(at), at < published, json);
    }

    json.writeEndArray();
    if (shown.size() < scored.size()) {
      json.writeNumberField("partitions_left", scored.size() - shown.size());
    }
  }

  private static void partition(Partition partition, boolean isPublished, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("partition", partition.path());
    json.writeBooleanField("published", isPublished);
    json.writeStringField("identity", partition.identity());
    json.writeNumberField("read", partition.read());
    json.writeNumberField("scored", partition.scored());
    json.writeNumberField("quarantined", partition.quarantined());
    hold(partition.hold(), json);
    if (partition.drift().isPresent()) {
      json.writeObjectFieldStart("drift");
      DriftJson.write(partition.drift().get(), json);
      json.writeEndObject();
    }

    json.writeNumberField("bytes", partition.bytes());
    json.writeNumberField("files", partition.files().size());
    json.writeEndObject();
  }

  /** Writes why a partition is held, if it is. */
  static void hold(Optional<Hold> hold, JsonGenerator json) throws IOException {
    if (hold.isPresent()) {
      json.writeObjectFieldStart("held");
      json.writeStringField("outcome", hold.get().outcome());
      json.writeStringField("reason", hold.get().reason());
      json.writeEndObject();
    }
  }

  /** Writes a number, or null if it is not finite. */
  static void number(String name, double value, JsonGenerator json) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, value);
    } else {
      json.writeNullField(name);
    }
  }

  private static void score(float score, JsonGenerator json) throws IOException {
    if (Float.isFinite(score)) {
      json.writeNumber(score);
    } else {
      json.writeNull();
    }
  }
}
