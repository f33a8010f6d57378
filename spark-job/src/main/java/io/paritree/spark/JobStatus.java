package io.paritree.spark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The text of {@code --status}: which runs on an output have ended, and which have not. */
final class JobStatus {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_RUNS = 20;

  private JobStatus() {}

  /** Returns the last 20 ended runs, newest last, and all runs that have not ended. */
  static String of(OutputPlace place) throws IOException {
    List<Map<String, String>> reports = new ArrayList<>();
    if (place.store().find(place.runs()).isPresent()) {
      List<FileEntry> runs = new ArrayList<>(place.store().list(place.runs()));
      // The groups of one run have the same start time, by which the reports are sorted below. That
      // sort is stable, so the groups stay in the order in which they ended.
      runs.sort(Comparator.comparingLong(FileEntry::modifiedMillis));
      for (FileEntry entry : runs) {
        try {
          reports.add(texts(place.store().read(entry.location().resolve("report.json"))));
        } catch (NoSuchFileException e) {
          // The run's report was not written, or no run made this entry.
        }
      }
    }

    reports.sort(Comparator.comparing(report -> report.getOrDefault("startedAt", "")));
    StringBuilder text = new StringBuilder("Output %s\n".formatted(place.output()));
    if (reports.isEmpty()) {
      text.append("  no run has ended here\n");
    }

    for (Map<String, String> report :
        reports.subList(Math.max(0, reports.size() - MAX_RUNS), reports.size())) {
      text.append(
          "  %s  %s  %s, exit code %s, %s scored, %s quarantined%s\n"
              .formatted(
                  report.get("startedAt"),
                  report.get("run"),
                  report.get("outcome"),
                  report.get("exitCode"),
                  report.get("scored"),
                  report.get("quarantined"),
                  report.getOrDefault("message", "").isEmpty()
                      ? ""
                      : ": " + report.get("message").lines().findFirst().orElse("")));
    }

    List<String> unfinished =
        place.store().find(place.state()).isPresent() ? place.unfinished() : List.of();
    for (String name : unfinished) {
      text.append(
          "  %s has not ended: it runs, or was killed (--recover shows which)\n".formatted(name));
    }

    return text.toString();
  }

  private static Map<String, String> texts(byte[] report) throws IOException {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = JSON.createParser(report)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value.isScalarValue()) {
          texts.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
    }

    return texts;
  }
}
