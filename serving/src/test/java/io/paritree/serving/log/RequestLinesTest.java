package io.paritree.serving.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.AccessTable;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RawHttp;
import io.paritree.serving.RunningServer;
import io.paritree.serving.http.Probes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One request is one line of JSON, whatever the request contains, and the line holds no secrets of
 * a caller.
 */
class RequestLinesTest {
  @TempDir Path directory;

  @Test
  void oneRequestIsOneLineOfJson() throws Exception {
    Path log = directory.resolve("requests.jsonl");
    Path model = new TestPackages(directory.resolve("store")).binary();
    Map<String, String> settings = Map.of("log.requests", "\"" + log + "\"");
    Instant before = Instant.now().truncatedTo(ChronoUnit.MICROS);
    try (RunningServer serving =
            RunningServer.start(List.of(model.getParent().toString()), settings);
        Client client = new Client(serving.port())) {
      client.send("GET", "/v1/models?token=secret", new byte[0], "X-Request-Id: abc\r\n");
      client.get("/v1/%E2%80%A8%1B%0A" + "x".repeat(3_000));
      for (String probe : Probes.PATHS) {
        assertThat(client.get(probe).status()).isEqualTo(200);
      }

      client.post("/v1/models/parcel-late/score", "{\"weight\":1}");
      RawHttp.exchange(serving.port(), "NON\u0007SENSE\r\n\r\n");
    }

    List<String> lines = Files.readAllLines(log);
    assertThat(lines)
        .hasSizeBetween(3, 4)
        .noneMatch(line -> line.contains("health") || line.contains("ping"));
    assertThat(lines)
        .allSatisfy(
            line ->
                assertThat(Instant.parse((String) JsonTree.object(line).get("time")))
                    .isBetween(before, Instant.now()))
        .allSatisfy(line -> assertThat(JsonTree.object(line)).containsKey("status"))
        .allSatisfy(
            line -> assertThat(line.getBytes(StandardCharsets.UTF_8).length).isLessThan(2_048));
    assertThat(lines.get(0))
        .contains("\"route\":\"/v1/models\"", "\"request_id\":\"abc\"")
        .doesNotContain("secret");
    assertThat(Files.getPosixFilePermissions(log))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void requestIsFoundAgainByItsIdItsTraceItsCallerAndItsToken() throws Exception {
    Path log = directory.resolve("requests.jsonl");
    Path model = new TestPackages(directory.resolve("store")).binary();
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    String hash = AccessTable.settings().get("security.score-tokens").replaceAll("[^0-9a-f]", "");
    Map<String, String> settings =
        Map.of(
            "log.requests", "\"" + log + "\"",
            "security.score-tokens", "[\"dashboard:" + hash + "\"]");
    String made;
    try (RunningServer serving =
            RunningServer.start(List.of(model.getParent().toString()), settings);
        Client client = new Client(serving.port())) {
      String token = AccessTable.callersToken();
      client.send("GET", "/v1/models", new byte[0], token + "traceparent: " + trace + "\r\n");
      Answer second =
          client.send("GET", "/v1/models", new byte[0], token + "traceparent: 00-0\r\n");
      made = second.headers().get("x-request-id");
      client.send("GET", "/v1/models", new byte[0], "traceparent: " + trace + "-01\r\n");
    }

    List<Map<String, Object>> lines =
        Files.readAllLines(log).stream().map(JsonTree::object).toList();
    assertThat(lines.get(0))
        .containsEntry("caller", "127.0.0.1")
        .containsEntry("token", "dashboard")
        .containsEntry("traceparent", trace);
    assertThat((String) lines.get(0).get("request_id")).matches("[0-9a-f]{32}");
    assertThat(made).isNotEqualTo(lines.get(0).get("request_id"));
    assertThat(lines.get(1)).containsEntry("request_id", made).doesNotContainKey("traceparent");
    assertThat(lines.get(2))
        .containsEntry("status", "401")
        .doesNotContainKeys("token", "traceparent");
  }
}
