package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With log.format=json, everything that the server says on stderr is a JSON object per line. */
class JsonLogTest {
  @TempDir Path directory;

  private static List<Map<String, Object>> run(int code, String... arguments) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    List<String> command =
        new ArrayList<>(List.of(java, "-cp", classes, ServingMain.class.getName()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--set", "log.format=json", "--set", "management.port=0"));
    command.addAll(List.of("--set", "server.port=0"));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String log = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(log).isEqualTo(code);
    return log.lines().map(JsonLogTest::object).toList();
  }

  private static Map<String, Object> object(String line) {
    try {
      return JsonTree.object(line);
    } catch (RuntimeException e) {
      throw new AssertionError("No JSON: " + line, e);
    }
  }

  @Test
  void eventsAreObjectsWithTimeLevelAndMessage() throws Exception {
    String model = new TestPackages(directory).binary().getParent().toString();
    List<Map<String, Object>> lines = run(0, "--check", "--model", model);

    assertThat(lines)
        .isNotEmpty()
        .allSatisfy(
            line -> assertThat(line).containsKeys("timestamp", "level", "formattedMessage"));
    assertThat(lines)
        .extracting(line -> line.get("formattedMessage").toString())
        .anyMatch(message -> message.startsWith("Serving parcel-late/1"));
  }

  @Test
  void startThatFailsIsReportedInTheSameForm() throws Exception {
    List<Map<String, Object>> lines = run(6, "--model", directory.resolve("absent").toString());

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).containsEntry("level", "ERROR");
    assertThat(lines.get(0).get("formattedMessage").toString()).contains("absent");
  }
}
