package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.time.MutableInstant;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

/** With PARITREE_LOG=json, the job's log has the names of the server's. */
class JsonLogTest {
  private static final Path FILE =
      Path.of(System.getProperty("paritree.root"), "conf", "log4j2-json.properties");

  @Test
  void eventsAreObjectsWithTheNamesOfTheServersLogs() throws Exception {
    assertThat(line(null))
        .isEqualTo(
            Map.of(
                "time", "1970-01-01T00:00:01.000Z",
                "level", "WARN",
                "message", "slow",
                "logger", "io.paritree",
                "thread", "main"));
    assertThat(line(new IllegalStateException("no\nway")))
        .containsOnlyKeys(
            "time",
            "level",
            "message",
            "logger",
            "thread",
            "error_type",
            "error_message",
            "stack_trace")
        .containsEntry("error_type", "java.lang.IllegalStateException")
        .containsEntry("error_message", "no\nway");
  }

  private static Map<String, Object> line(Throwable thrown) throws Exception {
    MutableInstant time = new MutableInstant();
    time.initFromEpochMilli(1_000, 0);
    try (LoggerContext context = new LoggerContext("json", null, FILE.toUri())) {
      context.start();
      Layout<?> layout = context.getConfiguration().getAppender("stderr").getLayout();
      Log4jLogEvent event =
          Log4jLogEvent.newBuilder()
              .setInstant(time)
              .setLevel(Level.WARN)
              .setLoggerName("io.paritree")
              .setThreadName("main")
              .setMessage(new SimpleMessage("slow"))
              .setThrown(thrown)
              .build();
      return new ObjectMapper()
          .readValue(layout.toByteArray(event), new TypeReference<Map<String, Object>>() {});
    }
  }
}
