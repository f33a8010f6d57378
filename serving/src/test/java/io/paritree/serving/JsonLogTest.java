package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.paritree.model.TestPackages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.KeyValuePair;

/** With log.format=json, everything that the server says on stderr is a JSON object per line. */
class JsonLogTest {
  @TempDir Path directory;

  private static List<Map<String, Object>> run(int code, String... arguments) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = System.getProperty("java.class.path");
    List<String> command =
        new ArrayList<>(
            List.of(java, "-XX:TieredStopAtLevel=1", "-cp", classes, ServingMain.class.getName()));
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
  void eventsAreObjectsWithTheNamesOfTheRequestLogAndTheJobsLog() throws Exception {
    String model = new TestPackages(directory).binary().getParent().toString();
    List<Map<String, Object>> lines = run(0, "--check", "--model", model);

    assertThat(lines)
        .isNotEmpty()
        .allSatisfy(
            line -> {
              assertThat(line).containsOnlyKeys("time", "level", "message", "logger", "thread");
              assertThat(Instant.parse(line.get("time").toString()))
                  .isBetween(Instant.now().minusSeconds(300), Instant.now());
            });
    assertThat(lines)
        .extracting(line -> line.get("message").toString())
        .anyMatch(message -> message.startsWith("Serving parcel-late/1"));
  }

  @Test
  void startThatFailsIsReportedInTheSameForm() throws Exception {
    List<Map<String, Object>> lines = run(6, "--model", directory.resolve("absent").toString());

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).containsEntry("level", "ERROR");
    assertThat(lines.get(0).get("message").toString()).contains("absent");
  }

  @Test
  void failureOfARequestHasItsIdAndItsException() {
    LoggingEvent event = new LoggingEvent();
    event.setTimeStamp(1_000);
    event.setLevel(Level.ERROR);
    event.setLoggerName("io.paritree");
    event.setThreadName("main");
    event.setMessage("A request failed at {}");
    event.setArgumentArray(new Object[] {"/v1"});
    event.addKeyValuePair(new KeyValuePair("request_id", "mine"));
    event.setThrowableProxy(new ThrowableProxy(new IllegalStateException("no\nway")));
    Map<String, Object> line =
        object(new String(new JsonEvents().encode(event), StandardCharsets.UTF_8));

    assertThat(line)
        .containsEntry("time", "1970-01-01T00:00:01.000Z")
        .containsEntry("message", "A request failed at /v1")
        .containsEntry("request_id", "mine")
        .containsEntry("error_type", "java.lang.IllegalStateException")
        .containsEntry("error_message", "no\nway");
    assertThat(line.get("stack_trace").toString()).contains("at io.paritree.serving.JsonLogTest");
  }
}
