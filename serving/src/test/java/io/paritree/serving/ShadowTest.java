package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.comparison.Comparison;
import io.paritree.comparison.EvidenceDocument;
import io.paritree.comparison.ModelPair;
import io.paritree.comparison.Side;
import io.paritree.config.ConfigurationException;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.rows.RowPass;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A challenger of a served model is compared on callers' rows, and callers do not notice it. */
class ShadowTest {
  private static final String MODEL = "/v1/models/parcel-late";
  private static final Pattern ROWS =
      Pattern.compile("(?m)^paritree_shadow_rows_total\\{[^}]*result=\"(\\w+)\"\\} (\\S+)$");

  @TempDir Path directory;

  private TestPackages packages;
  private Path champion;

  @BeforeEach
  void seal() {
    packages = new TestPackages(directory.resolve("store"));
    champion = packages.binary();
  }

  private RunningServer serve(String challenger, Map<String, String> more) throws Exception {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("models.shadow-movers", "20");
    settings.putIfAbsent("models.shadow", "[\"parcel-late=%s\"]".formatted(challenger));
    return RunningServer.start(List.of(champion.toString()), settings);
  }

  /** Lets callers' rows be compared, from the first one on. */
  private static void awaitChallenger(Client client) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (client.get(MODEL + "/shadow").status() != 200) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private static Answer awaitRows(long rows, Client client) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Answer answer = client.get(MODEL + "/shadow");
    while (decided(answer) < rows && System.nanoTime() < end) {
      Thread.sleep(50);
      answer = client.get(MODEL + "/shadow");
    }

    assertThat(decided(answer)).as(answer.body()).isEqualTo(rows);
    return answer;
  }

  private static long decided(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    Object data = JsonTree.object(answer.body()).get("data");
    return number(data, "rows")
        + number(data, "only_champion")
        + number(data, "dropped")
        + number(data, "failed");
  }

  private static long number(Object tree, String path) {
    return Long.parseLong(String.valueOf(JsonTree.at(tree, path)));
  }

  private static Map<String, Long> counted(RunningServer server) throws IOException {
    Map<String, Long> counted = new HashMap<>();
    try (Client operator = new Client(server.managementPort())) {
      Matcher found = ROWS.matcher(operator.get("/metrics").body());
      while (found.find()) {
        counted.put(found.group(1), (long) Double.parseDouble(found.group(2)));
      }
    }

    return counted;
  }

  /** Sends the first records in each protocol and form, each record once; returns how many. */
  private static int sendAll(Client client) throws Exception {
    int row = 0;
    List<String> records = TestPackages.records(400);
    for (; row < 20; row++) {
      check(client.post(MODEL + "/score" + (row % 2 == 0 ? "" : "?reasons=2"), records.get(row)));
    }

    check(client.post(MODEL + "/score-batch", array(records.subList(20, 90))));
    check(client.post(MODEL + "/score-batch?reasons=1", array(records.subList(90, 120))));
    String lines = String.join("\n", records.subList(120, 160));
    check(send(client, MODEL + "/score-batch", "application/x-ndjson", lines));
    check(send(client, MODEL + "/score-batch", "text/csv", csv(160, 200)));
    String frame = "{\"dataframe_records\":%s}".formatted(array(records.subList(200, 240)));
    check(client.post("/invocations", frame));
    check(send(client, "/invocations", "text/csv", csv(240, 280)));
    for (row = 280; row < 300; row++) {
      check(client.post("/v2/models/parcel-late/infer", tensors(row)));
    }

    return row;
  }

  private static Answer check(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static Answer send(Client client, String path, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return client.send("POST", path, bytes, "Content-Type: " + type + "\r\n");
  }

  private static String array(List<String> records) {
    return "[" + String.join(",", records) + "]";
  }

  private static String csv(int from, int to) {
    List<String> lines = new ArrayList<>(List.of(TestRecords.csvHeader()));
    IntStream.range(from, to).forEach(row -> lines.add(TestRecords.csvLine(row)));
    return String.join("\n", lines) + "\n";
  }

  private static String tensors(int row) {
    List<String> types = List.of("FP64", "FP64", "BOOL", "BYTES", "INT64", "BYTES");
    List<String> inputs = new ArrayList<>();
    List<String> cells = TestRecords.cells(row);
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String quoted = types.get(column).equals("BYTES") ? "\"" + cell + "\"" : cell;
      inputs.add(
          "{\"name\":\"%s\",\"shape\":[1],\"datatype\":\"%s\",\"data\":[%s]}"
              .formatted(
                  TestRecords.COLUMNS.get(column),
                  types.get(column),
                  cell.isEmpty() ? "null" : quoted));
    }

    return "{\"inputs\":[" + String.join(",", inputs) + "]}";
  }

  /** Returns what the command says of the same rows. */
  private Object diff(Path challenger, int rows) throws Exception {
    Path csv = Files.writeString(directory.resolve("rows.csv"), csv(0, rows));
    ModelPair pair =
        new ModelPair(
            Opening.open(champion.toString(), EngineKind.FOREST),
            Opening.open(challenger.toString(), EngineKind.FOREST));
    Instant now = Instant.now();
    Comparison diff =
        pair.comparison(
            Comparison.DIFF,
            Optional.of(new RowPass(csv.toString(), List.of(), "", 20).compare(pair)),
            now,
            now);
    return JsonTree.object(new String(diff.toJson(), StandardCharsets.UTF_8));
  }

  @Test
  void rowsOfEveryProtocolAreComparedAsTheCommandComparesThem() throws Exception {
    Path challenger = packages.binary(2, 12);
    try (RunningServer server = serve(challenger.toString(), Map.of());
        Client client = new Client(server.port())) {
      awaitChallenger(client);
      int rows = sendAll(client);
      Answer answer = awaitRows(rows, client);
      Map<String, Object> compared = JsonTree.object(answer.body());
      Object diff = diff(challenger, rows);
      for (String member : List.of("data", "contract", "forest", "champion", "challenger")) {
        assertThat(compared.get(member)).as(member).isEqualTo(JsonTree.at(diff, member));
      }

      assertThat(compared).containsEntry("kind", "shadow");
      for (int mover = 0; mover < 20; mover++) {
        for (String member : List.of("champion", "challenger", "fields", "rest_change")) {
          String path = "movers/%s/%s".formatted(mover, member);
          assertThat(JsonTree.at(compared, path)).as(path).isEqualTo(JsonTree.at(diff, path));
        }
      }

      assertThat(counted(server))
          .isEqualTo(Map.of("compared", (long) rows, "dropped", 0L, "failed", 0L));
    }
  }

  /** Other codes of categories, another sentinel, and a range that refuses rows. */
  @Test
  void aChallengerThatReadsFieldsOtherwiseReadsTheRecordsAndNotTheSlots() throws Exception {
    Path challenger =
        packages.binary(
            2,
            20,
            schema ->
                schema
                    .replace("\"AA\", \"DL\"", "\"Nobody's\", \"AA\"")
                    .replace("[-999]", "[-999, 12.5]")
                    .replace("\"max\": 5000", "\"max\": 4000"));
    try (RunningServer server = serve(challenger.toString(), Map.of());
        Client client = new Client(server.port())) {
      awaitChallenger(client);
      int rows = sendAll(client);
      Map<String, Object> compared = JsonTree.object(awaitRows(rows, client).body());
      Object diff = diff(challenger, rows);
      assertThat(number(compared, "data/only_champion")).isGreaterThan(20);
      for (String member : List.of("data", "contract", "forest")) {
        assertThat(compared.get(member)).as(member).isEqualTo(JsonTree.at(diff, member));
      }
    }
  }

  @Test
  void aFieldThatOnlyTheChallengerReadsHasNoValue() throws Exception {
    Path challenger =
        packages.binary(
            2, 20, schema -> schema.replace("\"express\",", "\"express\", \"column\": \"fast\","));
    ScoringModel model = Opening.open(challenger.toString(), EngineKind.FOREST);
    float[] slots = new float[model.schema().width()];
    Arrays.fill(slots, Float.NaN);
    slots[1] = 1.5f;
    float[] score = new float[1];
    model.engine().score(slots, 1, new float[1], score);
    try (RunningServer server = serve(challenger.toString(), Map.of());
        Client client = new Client(server.port())) {
      awaitChallenger(client);
      check(client.post(MODEL + "/score", "{\"weight\":1.5,\"express\":true}"));
      Object compared = JsonTree.object(awaitRows(1, client).body());
      assertThat(JsonTree.at(compared, "data/challenger_mean"))
          .isEqualTo(String.valueOf((double) score[0]));
      assertThat(JsonTree.at(compared, "contract/changes/0/change")).isEqualTo("field_removed");
    }
  }

  @Test
  void theAnswerIsEvidenceOfExactlyTheseTwoPackages() throws Exception {
    Path challenger = packages.binary(2, 12);
    try (RunningServer server = serve(challenger.toString(), Map.of());
        Client client = new Client(server.port())) {
      awaitChallenger(client);
      sendAll(client);
      byte[] document = awaitRows(300, client).content();
      EvidenceDocument evidence = EvidenceDocument.read("shadow.json", document);
      assertThat(evidence.packages(Side.CHAMPION))
          .containsExactly(Opening.open(champion.toString(), EngineKind.FOREST).digest());
      assertThat(evidence.packages(Side.CHALLENGER))
          .containsExactly(Opening.open(challenger.toString(), EngineKind.FOREST).digest());
    }
  }

  @Test
  void anotherVersionOfAChallengerOrAChampionBeginsAnew() throws Exception {
    packages.binary(3, 13);
    packages.binary(2, 12);
    Path model = champion.getParent();
    Files.writeString(model.resolve("aliases/next"), "2\n");
    SwapTrial.champion(model, 1);
    champion = model;
    String record = TestPackages.records(1).get(0);
    try (RunningServer server = serve(model + "@next", Map.of("models.poll", "20 ms"));
        Client client = new Client(server.port())) {
      awaitChallenger(client);
      check(client.post(MODEL + "/score", record));
      Object first = JsonTree.object(awaitRows(1, client).body());
      assertThat(JsonTree.at(first, "challenger/version")).isEqualTo("parcel-late/2");

      Files.writeString(model.resolve("aliases/next"), "3\n");
      Object second = await("challenger/version", "parcel-late/3", client);
      assertThat(number(second, "data/rows")).isZero();
      assertThat(since(second)).isAfter(since(first));

      SwapTrial.champion(model, 2);
      Object third = await("champion/version", "parcel-late/2", client);
      assertThat(JsonTree.at(third, "challenger/version")).isEqualTo("parcel-late/3");
      check(client.post(MODEL + "/score", record));
      awaitRows(1, client);
      assertThat(counted(server)).containsEntry("compared", 2L);
    }
  }

  private static Object await(String member, String value, Client client) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Object compared = JsonTree.object(client.get(MODEL + "/shadow").body());
    while (!value.equals(JsonTree.at(compared, member))) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
      compared = JsonTree.object(client.get(MODEL + "/shadow").body());
    }

    return compared;
  }

  private static Instant since(Object compared) {
    return Instant.parse(String.valueOf(JsonTree.at(compared, "started_at")));
  }

  @Test
  void aChallengerThatIsNotThereStopsNothingAndIsTakenWhenItComes() throws Exception {
    Path model = champion.getParent();
    Map<String, String> often = Map.of("models.poll", "20 ms");
    try (RunningServer server = serve(model + "@next", often);
        Client client = new Client(server.port())) {
      String record = TestPackages.records(1).get(0);
      check(client.post(MODEL + "/score", record));
      Answer absent = client.get(MODEL + "/shadow");
      assertThat(absent.status()).isEqualTo(503);
      assertThat(absent.body()).contains("no_challenger").doesNotContain(model.toString());
      assertThat(counted(server)).containsEntry("dropped", 1L);

      packages.binary(2, 12);
      Files.writeString(model.resolve("aliases/next"), "2\n");
      awaitChallenger(client);
      check(client.post(MODEL + "/score", record));
      awaitRows(1, client);
    }
  }

  @Test
  void withoutAChallengerTheAnswerSaysSo() throws Exception {
    try (RunningServer server = serve("", Map.of("models.shadow", "[]"));
        Client client = new Client(server.port())) {
      Answer answer = client.get(MODEL + "/shadow");
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).contains("no_shadow", "models.shadow");
    }
  }

  @Test
  void aModelThatIsNotServedCannotBeShadowed() {
    String settings = "[\"other=%s\"]".formatted(champion);
    assertThatThrownBy(() -> serve("", Map.of("models.shadow", settings)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("other", "models.shadow may name [parcel-late]");
  }
}
