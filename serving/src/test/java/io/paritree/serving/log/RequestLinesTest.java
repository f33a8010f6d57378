package io.paritree.serving.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RawHttp;
import io.paritree.serving.RunningServer;
import io.paritree.serving.admission.Probes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        .allSatisfy(line -> assertThat(JsonTree.object(line)).containsKeys("time", "status"))
        .allSatisfy(
            line -> assertThat(line.getBytes(StandardCharsets.UTF_8).length).isLessThan(2_048));
    assertThat(lines.get(0))
        .contains("\"route\":\"/v1/models\"", "\"request_id\":\"abc\"")
        .doesNotContain("secret");
    assertThat(Files.getPosixFilePermissions(log))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }
}
