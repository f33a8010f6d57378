package io.paritree.serving.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.serving.Client;
import io.paritree.serving.FarStore;
import io.paritree.serving.LoggedErrors;
import io.paritree.serving.RunningServer;
import io.paritree.serving.SwapTrial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose files block their readers, as those of a file system that hangs do. */
class SilentStoreTest {
  private static final String RECORD = TestPackages.records(1).get(0);
  private static final Map<String, String> SETTINGS =
      Map.of("models.poll", "20 ms", "models.look-timeout", "200 ms");

  @TempDir Path store;
  private Path late;
  private CountDownLatch held = new CountDownLatch(0);

  @BeforeEach
  void makePackages() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(2, 21);
    packages.binary(1, 20);
    packages.classes();
    late = store.resolve("parcel-late");
  }

  private RunningServer serve() throws Exception {
    return RunningServer.start(
        List.of("far://store" + late, "far://store" + store.resolve("parcel-class")), SETTINGS);
  }

  private static CountDownLatch block() {
    CountDownLatch until = new CountDownLatch(1);
    FarStore.silent = new FarStore.Silent("parcel-late/aliases/champion", until);
    return until;
  }

  @AfterEach
  void release() {
    FarStore.silent = null;
    held.countDown();
  }

  private static String await(Client client, String path, String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    for (String body = ""; ; body = client.get(path).body()) {
      if (body.contains(text)) {
        return body;
      }

      assertThat(System.nanoTime()).as("%s in %s", text, body).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static long lastLook(Client management) throws IOException {
    String line = "paritree_model_last_look_timestamp_seconds{model=\"parcel-late\"} ";
    return management
        .get("/metrics")
        .body()
        .lines()
        .filter(text -> text.startsWith(line))
        .mapToLong(text -> (long) Double.parseDouble(text.substring(line.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void updatesGoOnAfterAnAliasThatBlockedIsReplaced() throws Exception {
    try (LoggedErrors log = LoggedErrors.fromInfo();
        RunningServer serving = serve();
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      held = block();
      String health = await(management, "/health/ready", "\"unreachable\":");
      assertThat(health).contains("has not answered for").contains("\"ready\":true");
      long blocked = lastLook(management);
      TimeUnit.MILLISECONDS.sleep(1_200);
      assertThat(lastLook(management)).isEqualTo(blocked);
      assertThat(client.post("/v1/models/parcel-late/score", RECORD).status()).isEqualTo(200);

      FarStore.silent = null; // the thread that waits goes on waiting
      SwapTrial.champion(late, 2);
      await(client, "/v1/models", "\"parcel-late/2\"");
      assertThat(management.get("/health/ready").body()).doesNotContain("unreachable");
      assertThat(lastLook(management)).isGreaterThanOrEqualTo(Instant.now().getEpochSecond() - 2);
      assertThat(log.lines())
          .anyMatch(text -> text.contains("is unreachable: its store has not answered for"))
          .anyMatch(text -> text.contains("is the newest version again"));
    }
  }

  @Test
  void otherModelsOfTheStoreAreUpdatedMeanwhile() throws Exception {
    try (RunningServer serving = serve();
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      held = block();
      await(management, "/health/ready", "\"unreachable\":");
      Path other = store.resolve("parcel-class");
      Files.delete(other.resolve("aliases/champion"));
      await(management, "/health/ready", "\"name\":\"parcel-class\"");
      await(management, "/metrics", "paritree_model_refusing{model=\"parcel-class\"} 1.0");
      assertThat(client.get("/health/ready").status()).isEqualTo(200);
    }
  }
}
