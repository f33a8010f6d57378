package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.forest.TurnedEngine;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of every protocol are scored again, and other bits make the server degraded. */
class RechecksTest {
  private static final String PATH = "/v1/models/turned/";

  @TempDir static Path directory;
  private static TurnedEngine engine;
  private static RunningServer serving;
  private static Client client;
  private static Client management;

  /** A request, and how many rows of it are scored. */
  private record Asked(String path, String type, String body, int rows) {}

  @BeforeAll
  static void start() throws Exception {
    String model = new TestPackages(directory).wide("turned", 3, 5, 3).toString();
    engine = new TurnedEngine(Opening.open(model, EngineKind.FOREST).specification());
    serving = RunningServer.rechecking(model, ofModel -> engine);
    client = new Client(serving.port());
    management = new Client(serving.managementPort());
  }

  @AfterAll
  static void stop() throws IOException {
    client.close();
    management.close();
    serving.close();
  }

  private static List<Asked> requests() {
    String one = "{\"f0\":12.5,\"f1\":-3,\"f2\":0.25}";
    String tensor =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[2,3],\"data\":[12.5,-3,0.25,1,2,3]}]}";
    return List.of(
        new Asked(PATH + "score", "application/json", one, 1),
        new Asked(PATH + "score?reasons=1&margin=true", "application/json", one, 1),
        new Asked(PATH + "score-batch", "application/json", "[" + one + "," + one + "]", 2),
        new Asked(PATH + "score-batch", "application/x-ndjson", one + "\n" + one + "\n", 2),
        new Asked(PATH + "score-batch", "text/csv", "f0,f1,f2\n12.5,-3,0.25\n", 1),
        new Asked("/v2/models/turned/infer", "application/json", tensor, 2),
        new Asked("/invocations", "application/json", "{\"dataframe_records\":[" + one + "]}", 1));
  }

  private static void send(Asked asked) throws IOException {
    Answer answer =
        client.send(
            "POST",
            asked.path,
            asked.body.getBytes(StandardCharsets.UTF_8),
            "Content-Type: %s\r\n".formatted(asked.type));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private static long rows(String result) throws IOException {
    Matcher found =
        Pattern.compile(
                "\\nparitree_recheck_rows_total\\{model=\"turned\",result=\"%s\"} ([0-9.]+)"
                    .formatted(result))
            .matcher(management.get("/metrics").body());
    return found.find() ? (long) Double.parseDouble(found.group(1)) : 0;
  }

  private static void await(String result, long rows) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (rows(result) < rows && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
    }

    assertThat(rows(result)).as(result).isEqualTo(rows);
  }

  private static Object health() throws IOException {
    Answer answer = management.get("/health/ready");
    assertThat(answer.status()).isEqualTo(200);
    return JsonTree.parse(answer.body());
  }

  @Test
  void aTurnedComparisonIsFoundInEveryProtocolAndDegradesTheServer() throws Exception {
    long equal = 0;
    for (Asked asked : requests()) {
      send(asked);
      equal += asked.rows;
      await("equal", equal);
    }

    assertThat(JsonTree.at(health(), "degraded")).isEqualTo(false);
    assertThat(JsonTree.at(health(), "recheck")).isNull();

    engine.turn();
    long different = 0;
    try (LoggedErrors errors = new LoggedErrors()) {
      for (Asked asked : requests()) {
        send(asked);
        await("different", different + asked.rows);
        different += asked.rows;
      }

      assertThat(errors.lines())
          .hasSize(1)
          .allMatch(line -> line.startsWith("Cannot vouch for scores of turned/1 on "))
          .noneMatch(line -> line.contains("12.5"));
    }

    assertThat(rows("dropped")).isZero();
    assertThat(rows("equal")).isEqualTo(equal);
    Object health = health();
    assertThat(JsonTree.at(health, "ready")).isEqualTo(true);
    assertThat(JsonTree.at(health, "degraded")).isEqualTo(true);
    assertThat(JsonTree.at(health, "recheck/model_version")).isEqualTo("turned/1");
    assertThat(String.valueOf(JsonTree.at(health, "recheck/machine")))
        .startsWith(InetAddress.getLocalHost().getHostName() + " (");
    assertThat(String.valueOf(JsonTree.at(health, "recheck/difference")))
        .matches(
            "(margin|score) is \\S+ \\(0x[0-9a-f]+\\), and \\S+ \\(0x[0-9a-f]+\\) scored again");
  }
}
