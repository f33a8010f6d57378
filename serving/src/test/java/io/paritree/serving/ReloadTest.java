package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.Faults;
import io.paritree.model.EngineKind;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.UnknownFields;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New versions come into service without a failed request, and broken ones never do. */
class ReloadTest {
  private static final String TOKEN = "an-operator-with-a-long-secret-0123456789";
  private static final String SCORE = "/v1/models/parcel-late/score";
  private static final String RECORD = TestPackages.records(1).get(0);

  @TempDir Path store;

  private Serving serve(Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(TOKEN.getBytes(StandardCharsets.UTF_8)));
    all.put("security.admin-tokens", "[\"" + hash + "\"]");
    return RunningServer.start(List.of(store.resolve("parcel-late").toString()), all);
  }

  private void champion(long version) throws IOException {
    Path alias = store.resolve("parcel-late/aliases/champion");
    Path next = Files.writeString(store.resolve("next-alias"), version + "\n");
    Files.move(next, alias, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Answer reload(Client management) throws IOException {
    return management.send(
        "POST", "/admin/reload", new byte[0], "Authorization: Bearer " + TOKEN + "\r\n");
  }

  @Test
  void changedAliasIsNoticed() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(2, 21);
    packages.binary(1, 20);
    try (Serving serving = serve(Map.of("models.poll", "20 ms"));
        Client client = new Client(serving.port())) {
      assertThat(client.post(SCORE, RECORD).body()).contains("\"version\":\"parcel-late/1\"");
      champion(2);
      awaitVersion(client, 2);
      champion(1);
      awaitVersion(client, 1);
    }
  }

  private static void awaitVersion(Client client, long version) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!client.post(SCORE, RECORD).body().contains("\"parcel-late/" + version + "\"")) {
      assertThat(System.nanoTime()).as("version %s", version).isLessThan(end);
    }
  }

  @Test
  void swapsUnderLoadLoseNoRequestAndMixNoModels() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(2, 21);
    packages.binary(1, 20);
    Map<String, String> scores = new HashMap<>();
    for (long version = 1; version <= 2; version++) {
      scores.put("parcel-late/" + version, score(store.resolve("parcel-late/" + version)));
    }

    assertThat(scores.get("parcel-late/1")).isNotEqualTo(scores.get("parcel-late/2"));
    try (Serving serving = serve(Map.of());
        Client management = new Client(serving.managementPort())) {
      AtomicBoolean going = new AtomicBoolean(true);
      ExecutorService callers = Executors.newFixedThreadPool(3);
      List<Future<Integer>> counts = new ArrayList<>();
      for (int caller = 0; caller < 3; caller++) {
        counts.add(callers.submit(() -> call(serving.port(), scores, going)));
      }

      for (int swap = 0; swap < 60; swap++) {
        champion(swap % 2 == 0 ? 2 : 1);
        Answer answer = reload(management);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      }

      going.set(false);
      for (Future<Integer> count : counts) {
        assertThat(count.get(10, TimeUnit.SECONDS)).isPositive();
      }

      callers.shutdownNow();
    }
  }

  private static int call(int port, Map<String, String> scores, AtomicBoolean going)
      throws IOException {
    int count = 0;
    try (Client client = new Client(port)) {
      while (going.get()) {
        Answer answer = client.post(SCORE, RECORD);
        assertThat(answer.status()).isEqualTo(200);
        Map<String, Object> body = JsonTree.object(answer.body());
        assertThat(body.get("score")).isEqualTo(scores.get(body.get("version")));
        count++;
      }
    }

    return count;
  }

  private static String score(Path directory) throws Exception {
    ScoringModel model = ScoringModel.open(directory.toString(), EngineKind.FOREST);
    float[] slots = new float[model.schema().width()];
    float[] score = new float[1];
    byte[] record = RECORD.getBytes(StandardCharsets.UTF_8);
    try (JsonDocument document = JsonDocument.of(record, record.length)) {
      document.next();
      new JsonRecordReader(model.schema(), UnknownFields.REJECT)
          .read(document, slots, 0, new Faults());
    }

    model.engine().score(slots, 1, null, score);
    return Float.toString(score[0]);
  }

  @Test
  void brokenVersionsAreRefusedAndTheOldOneGoesOn() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(1, 20);
    try (Serving serving = serve(Map.of());
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      long version = 2;
      for (Breaking breaking : breakings()) {
        Path directory = store.resolve("parcel-late/" + version);
        copy(store.resolve("parcel-late/1"), directory);
        breaking.of(directory);
        champion(version);
        Answer answer = reload(management);

        assertThat(answer.status()).as("breaking %s: %s", version, answer.body()).isEqualTo(409);
        assertThat(answer.body()).contains("\"refused\":{\"location\":", "\"reason\":\"Cannot ");
        assertThat(client.post(SCORE, RECORD).body()).contains("parcel-late/1");
        version++;
      }

      assertThat(client.get("/health/ready").status()).isEqualTo(200);
      assertThat(client.get("/v1/models/parcel-late").body())
          .contains("the newest version was refused")
          .doesNotContain(store.toString());
      assertThat(management.get("/metrics").body())
          .contains("paritree_model_refusing{model=\"parcel-late\"} 1.0")
          .contains("paritree_model_reloads_total{model=\"parcel-late\",result=\"refused\"}");

      champion(1);
      assertThat(reload(management).status()).isEqualTo(200);
      assertThat(client.get("/v1/models/parcel-late").body()).contains("\"in service\"");
    }
  }

  private interface Breaking {
    void of(Path directory) throws IOException;
  }

  private static List<Breaking> breakings() {
    List<Breaking> all = new ArrayList<>();
    for (String name : List.of("model.ubj", "golden.jsonl", "paritree.json", "paritree.sha256")) {
      all.add(directory -> Files.delete(directory.resolve(name)));
      all.add(directory -> cut(directory.resolve(name), 2));
      all.add(directory -> cut(directory.resolve(name), 1_000_000));
      all.add(directory -> flip(directory.resolve(name)));
      all.add(directory -> Files.write(directory.resolve(name), new byte[100]));
    }

    all.add(directory -> {}); // whole, and of another version than its alias says
    return all;
  }

  private static void cut(Path file, int by) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, Math.max(0, bytes.length - by)));
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void pinnedVersionStaysAnswerableBesideTheAlias() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(1, 20);
    packages.binary(2, 21);
    List<String> references =
        List.of(
            store.resolve("parcel-late@champion").toString(),
            store.resolve("parcel-late/1").toString());
    try (Serving serving = RunningServer.start(references, Map.of());
        Client client = new Client(serving.port())) {
      assertThat(client.post(SCORE, RECORD).body()).contains("parcel-late/2");
      assertThat(client.post("/v1/models/parcel-late@champion/score", RECORD).body())
          .contains("parcel-late/2");
      assertThat(client.post("/v1/models/parcel-late/versions/1/score", RECORD).body())
          .contains("parcel-late/1");
      assertThat(client.post("/v1/models/parcel-late/versions/3/score", RECORD).status())
          .isEqualTo(404);
    }
  }
}
