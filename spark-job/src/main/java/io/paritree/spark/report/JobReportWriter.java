package io.paritree.spark.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.spark.task.ScoreHistogram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;

/** A {@link JobReport} as JSON. */
public final class JobReportWriter {
  /** The name of the file in a directory of an ended run. */
  public static final String FILE = "report.json";

  private static final JsonFactory JSON = new JsonFactory();
  private static final int FORMAT = 1;

  private JobReportWriter() {}

  /** Returns the report as indented JSON. */
  public static byte[] toJson(JobReport report) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("run", report.run());
      json.writeStringField("outcome", report.outcome().word());
      json.writeNumberField("exitCode", report.exitCode());
      json.writeStringField("message", report.message());
      json.writeStringField("startedAt", report.startedAt());
      json.writeNumberField("groupsLeft", report.groupsLeft());
      if (report.model().isPresent()) {
        model(json, report.model().get());
      }

      json.writeStringField("input", report.input());
      json.writeStringField("output", report.output());
      json.writeNumberField("read", report.read());
      json.writeNumberField("scored", report.scored());
      json.writeNumberField("quarantined", report.quarantined());
      json.writeNumberField("alreadyPublished", report.alreadyPublished().size());
      json.writeNumberField("rowsPerSecond", Math.round(report.rowsPerSecond()));
      json.writeStringField("quarantine", report.quarantine());
      numbers(json, "codes", report.codes());
      numbers(json, "missing", report.missing());
      numbers(json, "unseen", report.unseen());
      if (report.duplicateKeys() >= 0) {
        json.writeNumberField("duplicateKeys", report.duplicateKeys());
      }

      scores(json, report.scores());
      json.writeObjectFieldStart("seconds");
      for (Map.Entry<String, Double> stage : report.seconds().entrySet()) {
        json.writeNumberField(stage.getKey(), Math.round(stage.getValue() * 1000) / 1000.0);
      }

      json.writeEndObject();
      json.writeArrayFieldStart("partitions");
      for (PartitionReport partition : report.partitions()) {
        json.writeStartObject();
        json.writeStringField("partition", partition.partition());
        json.writeStringField("identity", partition.identity());
        json.writeNumberField("read", partition.read());
        json.writeNumberField("scored", partition.scored());
        json.writeNumberField("quarantined", partition.quarantined());
        json.writeNumberField("bytes", partition.bytes());
        json.writeArrayFieldStart("files");
        for (PartitionReport.ScoredFile file : partition.files()) {
          json.writeStartObject();
          json.writeStringField("name", file.name());
          json.writeNumberField("bytes", file.bytes());
          json.writeNumberField("rows", file.rows());
          json.writeEndObject();
        }

        json.writeEndArray();
        json.writeEndObject();
      }

      json.writeEndArray();
      json.writeEndObject();
    }

    return bytes.toByteArray();
  }

  private static void model(JsonGenerator json, JobReport.Model model) throws IOException {
    json.writeObjectFieldStart("model");
    json.writeStringField("name", model.name());
    json.writeStringField("model_version", model.version());
    json.writeStringField("digest", model.digest());
    json.writeStringField("engine", model.engine());
    json.writeBooleanField("sealed", model.sealed());
    if (model.earlyStopping().isPresent()) {
      json.writeStringField("earlyStopping", model.earlyStopping().get());
    }

    json.writeEndObject();
  }

  private static void numbers(JsonGenerator json, String name, Map<String, Long> numbers)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Long> number : numbers.entrySet()) {
      json.writeNumberField(number.getKey(), number.getValue());
    }

    json.writeEndObject();
  }

  private static void scores(JsonGenerator json, ScoreHistogram scores) throws IOException {
    json.writeObjectFieldStart("scores");
    json.writeNumberField("count", scores.count());
    if (scores.count() > 0) {
      json.writeNumberField("mean", scores.mean());
      json.writeNumberField("min", scores.min());
      json.writeNumberField("max", scores.max());
      json.writeArrayFieldStart("deciles");
      for (int tenth = 1; tenth <= 9; tenth++) {
        json.writeNumber(scores.quantile(tenth / 10.0));
      }

      json.writeEndArray();
    }

    json.writeEndObject();
  }
}
