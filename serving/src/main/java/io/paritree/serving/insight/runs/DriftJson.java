package io.paritree.serving.insight.runs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.output.ReportedDrift;
import io.paritree.output.RunReport.Partition;
import io.paritree.rule.Verdict;
import java.io.IOException;
import java.util.List;

/** Writes what a report says of the drift of a partition into answers. */
final class DriftJson {
  private DriftJson() {}

  /** Writes the members of a partition's drift. */
  /** Writes what became of a partition. */
  static void ending(
      Partition partition, boolean isPublished, ReportedDrift drift, JsonGenerator json)
      throws IOException {
    json.writeBooleanField("published", isPublished);
    if (partition.hold().isPresent()) {
      json.writeFieldName("held");
      Documents.write(partition.hold().get(), json);
    }

    json.writeNumberField("rows", partition.read());
    List<Verdict> verdicts = drift.verdicts();
    JsonText.array(
        json,
        "fired",
        verdicts.stream()
            .filter(verdict -> verdict.result() == Verdict.Result.FIRED)
            .map(Verdict::rule)
            .toList(),
        json::writeString);
    json.writeNumberField(
        "not_compared",
        verdicts.stream()
            .filter(verdict -> verdict.result() == Verdict.Result.NOT_COMPARED)
            .count());
  }

  /** Writes the members of a night in a list. */
  static void night(EndedRun run, Night night, JsonGenerator json) throws IOException {
    point(run, night, json);
    JsonText.members(json, night.drift());
  }

  /** Writes which night it is, and how it ended. */
  static void point(EndedRun run, Night night, JsonGenerator json) throws IOException {
    json.writeStringField("partition", night.partition());
    json.writeStringField("run", run.directory());
    json.writeStringField("started_at", run.began().toString());
    JsonText.optional(json, "model_version", run.modelVersion());
    JsonText.members(json, night.ending());
  }
}
