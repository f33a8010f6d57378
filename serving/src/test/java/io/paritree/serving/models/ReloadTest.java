package io.paritree.serving.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.feature.Faults;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.UnknownFields;
import io.paritree.serving.AccessTable;
import io.paritree.serving.BrokenPackages;
import io.paritree.serving.BrokenPackages.Harm;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.FarStore;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import io.paritree.serving.SwapTrial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New versions are put into service without a failed request, and broken ones never are. */
class ReloadTest {
  private static final String SCORE = "/v1/models/parcel-late/score";
  private static final String RECORD = TestPackages.records(1).get(0);

  @TempDir Path store;

  private RunningServer serve(Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("security.admin-tokens", AccessTable.settings().get("security.admin-tokens"));
    return RunningServer.start(List.of(store.resolve("parcel-late").toString()), all);
  }

  private void champion(long version) throws IOException {
    SwapTrial.champion(store.resolve("parcel-late"), version);
  }

  private static Answer reload(Client management) throws IOException {
    return management.send("POST", "/admin/reload", new byte[0], AccessTable.operatorsToken());
  }

  @Test
  void changedAliasIsNoticed() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(2, 21);
    packages.binary(1, 20);
    try (RunningServer serving = serve(Map.of("models.poll", "20 ms"));
        Client client = new Client(serving.port())) {
      assertThat(client.post(SCORE, RECORD).body()).contains("\"model_version\":\"parcel-late/1\"");
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
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** While a look finds a version and opens it, the alias may move away and back again. */
  @Test
  void theVersionThatCountsAsSeenIsTheOneThatWasOpened() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(2, 21);
    packages.binary(1, 20);
    Map<String, String> settings = Map.of("models.poll", "20 ms");
    String reference = "far://store" + store.resolve("parcel-late");
    try (RunningServer serving = RunningServer.start(List.of(reference), settings);
        Client client = new Client(serving.port())) {
      FarStore.CHAMPIONS.addAll(List.of("2\n", "1\n", "2\n"));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (!FarStore.CHAMPIONS.isEmpty()) {
        assertThat(System.nanoTime()).isLessThan(end);
        LockSupport.parkNanos(1_000_000);
      }

      awaitVersion(client, 2);
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
    try (RunningServer serving = serve(Map.of());
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
        assertThat(body.get("score")).isEqualTo(scores.get(body.get("model_version")));
        count++;
      }
    }

    return count;
  }

  private static String score(Path directory) throws Exception {
    ScoringModel model = Opening.open(directory.toString(), EngineKind.FOREST);
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
  void brokenVersionsAreRefusedAndTheOldOneGoesOn(@TempDir Path workshop) throws Exception {
    long seed = Seed.next();
    new TestPackages(store).binary(1, 20);
    BrokenPackages packages =
        new BrokenPackages(workshop, store.resolve("parcel-late"), new Random(seed));
    try (RunningServer serving = serve(Map.of("models.poll", "0 s"));
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      packages.make(2);
      packages.offer(2);
      champion(2);
      assertThat(reload(management).status()).isEqualTo(200); // undamaged ones are served
      champion(1);
      assertThat(reload(management).status()).isEqualTo(200);
      long version = 3;
      for (int round = 0; round < 6; round++) {
        for (Harm harm : Harm.values()) {
          packages.make(version, harm);
          packages.offer(version);
          champion(version++);
          Answer answer = reload(management);

          assertThat(answer.status())
              .as("%s, seed %s: %s", harm, seed, answer.body())
              .isEqualTo(409);
          assertThat(answer.body()).contains("\"refused\":{\"location\":", "\"reason\":\"Cannot ");
          assertThat(client.post(SCORE, RECORD).body()).contains("parcel-late/1");
        }
      }

      assertThat(client.get("/health/ready").status()).isEqualTo(200);
      assertThat(client.get("/v1/models/parcel-late").body())
          .contains("the newest version was refused")
          .doesNotContain(store.toString());
      assertThat(management.get("/metrics").body())
          .contains("paritree_model_refusing{model=\"parcel-late\"} 1.0")
          .contains("paritree_model_reloads_total{model=\"parcel-late\",result=\"refused\"} 30.0");

      champion(1);
      assertThat(reload(management).status()).isEqualTo(200);
      assertThat(client.get("/v1/models/parcel-late").body()).contains("\"in service\"");
    }
  }

  @Test
  void versionThatIsAnotherOneThanItsPlaceSaysIsRefused() throws Exception {
    new TestPackages(store).binary(1, 20);
    copy(store.resolve("parcel-late/1"), store.resolve("parcel-late/2"));
    try (RunningServer serving = serve(Map.of());
        Client management = new Client(serving.managementPort())) {
      champion(2);
      assertThat(reload(management).status()).isEqualTo(409);
    }
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
  void refusalOfTheVersionInServiceIsReportedUntilItIsWholeAgain() throws Exception {
    Path model = new TestPackages(store).binary(1, 20).resolve("model.ubj");
    byte[] whole = Files.readAllBytes(model);
    try (RunningServer serving = serve(Map.of("models.poll", "10 ms"));
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      Files.write(model, new byte[100]);
      assertThat(reload(management).status()).isEqualTo(409);
      awaitLooks(management);
      assertThat(management.get("/health/ready").body()).contains("\"refused\":");
      assertThat(client.post(SCORE, RECORD).status()).isEqualTo(200);

      Files.write(model, whole);
      assertThat(reload(management).status()).isEqualTo(200);
      assertThat(management.get("/health/ready").body()).doesNotContain("\"refused\":");
    }
  }

  @Test
  void aCorrectedSignatureOfAnMlflowDirectoryIsAnotherVersionAfterAReload() throws Exception {
    TestPackages packages = new TestPackages(store);
    byte[] file = TestPackages.wideModel(2, 9, 3);
    String logged = packages.logged("logged", file, "a", "b").toString();
    Map<String, String> settings =
        Map.of("security.admin-tokens", AccessTable.settings().get("security.admin-tokens"));
    try (RunningServer serving = RunningServer.start(List.of(logged), settings);
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      String score = "/v1/models/logged/score";
      Map<String, Object> before =
          JsonTree.object(client.post(score, "{\"a\":-70,\"b\":30}").body());
      packages.logged("logged", file, "b", "a");

      assertThat(reload(management).status()).isEqualTo(200);

      Map<String, Object> after =
          JsonTree.object(client.post(score, "{\"b\":-70,\"a\":30}").body());
      assertThat(after.get("score")).isEqualTo(before.get("score"));
      assertThat(after.get("model_version")).isNotEqualTo(before.get("model_version"));
      assertThat(client.post(score, "{\"a\":-70,\"b\":30}").body())
          .doesNotContain("\"score\":" + before.get("score") + ",");
    }
  }

  @Test
  void versionThatVanishesFromTheStoreIsReportedAndStaysInService() throws Exception {
    Path directory = new TestPackages(store).binary(1, 20);
    Path elsewhere = store.resolve("elsewhere");
    try (RunningServer serving = serve(Map.of("models.poll", "10 ms"));
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      Files.move(directory, elsewhere);
      awaitReady(management, "\"refused\":");
      assertThat(client.post(SCORE, RECORD).status()).isEqualTo(200);

      Files.move(elsewhere, directory);
      awaitReady(management, "Z\"}]}"); // nothing after the time of the last look
    }
  }

  @Test
  void cardHasTheVersionsAndAliasesOfTheStoreAndWhyOneIsRefused() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(3, 22);
    packages.binary(2, 21);
    packages.binary(1, 20);
    Path aliases = store.resolve("parcel-late/aliases");
    Files.writeString(aliases.resolve("next"), "2\n");
    Files.writeString(aliases.resolve("gone"), "9\n");
    Files.writeString(aliases.resolve("broken"), "no version");
    try (RunningServer serving = serve(Map.of("models.poll", "0 s"));
        Client client = new Client(serving.port());
        Client management = new Client(serving.managementPort())) {
      assertThat(versions(client))
          .containsExactly(
              "parcel-late/9 stored=false served=false [gone]",
              "parcel-late/3 stored=true served=false []",
              "parcel-late/2 stored=true served=false [next]",
              "parcel-late/1 stored=true served=true [champion]");

      Files.writeString(store.resolve("parcel-late/3/golden.jsonl"), "");
      champion(3);
      assertThat(versions(client).get(3)).endsWith("served=true [champion]"); // no look yet
      reload(management);
      assertThat(versions(client).get(1))
          .startsWith("parcel-late/3 stored=true served=false [champion] because ")
          .doesNotContain(store.toString());
      assertThat(versions(client).get(3)).isEqualTo("parcel-late/1 stored=true served=true []");
    }
  }

  private static List<String> versions(Client client) throws IOException {
    Map<String, Object> card = JsonTree.object(client.get("/v1/models/parcel-late").body());
    assertThat(JsonTree.at(card, "store/versions_left")).isEqualTo("0");
    return ((List<?>) JsonTree.at(card, "store/versions"))
        .stream()
            .map(
                version ->
                    "%s stored=%s served=%s %s"
                            .formatted(
                                JsonTree.at(version, "model_version"),
                                JsonTree.at(version, "stored"),
                                JsonTree.at(version, "served"),
                                JsonTree.at(version, "aliases"))
                        + (version.toString().contains("reason=")
                            ? " because " + JsonTree.at(version, "refused/reason")
                            : ""))
            .toList();
  }

  private static void awaitReady(Client management, String text) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!management.get("/health/ready").body().contains(text)) {
      assertThat(System.nanoTime()).as(text).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Waits long enough for some checks of the watch. */
  private static void awaitLooks(Client management) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    while (System.nanoTime() < end) {
      assertThat(management.get("/health/live").status()).isEqualTo(200);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void pinnedVersionStaysAnswerableBesideTheAliasInWhateverOrder() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(1, 20);
    packages.binary(2, 21);
    String alias = store.resolve("parcel-late@champion").toString();
    String pinned = store.resolve("parcel-late/1").toString();
    for (List<String> references : List.of(List.of(alias, pinned), List.of(pinned, alias))) {
      champion(2);
      try (RunningServer serving = RunningServer.start(references, Map.of("models.poll", "10 ms"));
          Client client = new Client(serving.port());
          Client management = new Client(serving.managementPort())) {
        assertVersion(client, "parcel-late", 2);
        assertVersion(client, "parcel-late@champion", 2);
        assertVersion(client, "parcel-late/versions/1", 1);
        assertThat(client.post("/v1/models/parcel-late/versions/3/score", RECORD).status())
            .isEqualTo(404);
        assertThat(client.get("/v2/models/parcel-late").body()).contains("\"versions\":[");

        champion(1);
        awaitVersion(client, 1);
        assertThat(info(management)).containsExactly("parcel-late/1");
        champion(2);
        awaitVersion(client, 2);
        assertVersion(client, "parcel-late/versions/1", 1);
        assertThat(info(management)).containsExactlyInAnyOrder("parcel-late/1", "parcel-late/2");

        champion(9);
        awaitReady(management, "\"refused\":");
        awaitLooks(management);
        assertThat(management.get("/metrics").body())
            .contains("paritree_model_refusing{model=\"parcel-late\"} 1.0");
      }
    }
  }

  @Test
  void pinnedVersionAloneIsNoAlias() throws Exception {
    TestPackages packages = new TestPackages(store);
    packages.binary(1, 20);
    packages.binary(2, 21);
    String pinned = store.resolve("parcel-late/1").toString();
    try (RunningServer serving = RunningServer.start(List.of(pinned), Map.of());
        Client client = new Client(serving.port())) {
      assertVersion(client, "parcel-late", 1);
      assertThat(client.post("/v1/models/parcel-late@champion/score", RECORD).status())
          .isEqualTo(404);
    }
  }

  private static void assertVersion(Client client, String address, long version)
      throws IOException {
    assertThat(client.post("/v1/models/" + address + "/score", RECORD).body())
        .as(address)
        .contains("\"model_version\":\"parcel-late/" + version + "\"");
  }

  /** Returns the versions that the metrics name. */
  private static List<String> info(Client management) throws IOException {
    return Pattern.compile("paritree_model_info\\{.*version=\"([^\"]+)\"")
        .matcher(management.get("/metrics").body())
        .results()
        .map(found -> found.group(1))
        .toList();
  }
}
