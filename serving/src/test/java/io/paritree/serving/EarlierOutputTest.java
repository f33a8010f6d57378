package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.EarlierOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages and outputs of an earlier version are answered as that version's server did. */
class EarlierOutputTest {
  /** That version's server built the index of the second day. */
  private static final String WITHOUT_INDEX =
      ",\"stale\":{\"partition\":{\"day\":\"2026-11-21\"},\"reason\":\"no_index\"}";

  private static final String RECORD =
      """
      {"distance":2697.6,"weight":1.3261182,"express":false,"carrier":"UA","zone":7,
      "departure":"2024-11-09T07:15:00"}
      """;

  @TempDir Path directory;

  @Test
  void scoresOfBothPackageFormatsAndStoredScoresAreAnsweredAsBefore() throws Exception {
    EarlierOutput.unpack(directory);
    Path models = directory.resolve("models/parcel-late");
    List<String> served = List.of(models.resolve("1").toString(), models.resolve("2").toString());
    Map<String, String> outputs =
        Map.of(
            "scores.index-directory",
            directory.resolve("indexes").toString(),
            "scores.scores.output",
            "\"%s\"".formatted(directory.resolve("data/scores")),
            "scores.table.output",
            "\"%s\"".formatted(directory.resolve("data/table")));
    try (RunningServer serving = RunningServer.start(served, outputs);
        Client client = new Client(serving.port())) {
      List<String> answers = Files.readAllLines(directory.resolve("answers.tsv"));
      assertThat(answers).hasSize(7);
      for (String answer : answers) {
        String path = answer.substring(0, answer.indexOf('\t'));
        Client.Answer now =
            path.contains("/models/") ? client.post(path, RECORD) : client.get(path);
        String before = answer.substring(path.length() + 1);
        String body = now.body().replace(WITHOUT_INDEX, "");
        assertThat(withoutReasons(body)).as(path).isEqualTo(withoutReasons(before));
        assertThat(numbers(body)).as(path).isEqualTo(numbers(before));
      }
    }
  }

  /** Stored reasons have the form of those of now since then, with the same numbers. */
  private static String withoutReasons(String body) {
    return body.replaceAll("\"(stored_)?reasons\":.*?(?=\"model_version\")", "").strip();
  }

  private static List<String> numbers(String body) {
    return Pattern.compile("[-0-9.]+")
        .matcher(body)
        .results()
        .map(MatchResult::group)
        .sorted()
        .toList();
  }
}
