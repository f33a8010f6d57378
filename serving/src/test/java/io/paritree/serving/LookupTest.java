package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyColumn.Type;
import io.paritree.lookup.KeyForm;
import io.paritree.model.TestPackages;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stored scores are answered by key, over real sockets, from the indexes of published partitions.
 */
class LookupTest {
  private static final String FAULTS =
      "[{\"field\":\"weight\",\"code\":\"missing_value\",\"got\":\"no value\",\"expected\":\"a value\"}]";

  @TempDir Path directory;
  private StoredOutput loans;
  private StoredOutput names;
  private Path model;
  private RunningServer serving;
  private Client client;
  private Client operator;

  @BeforeEach
  void publish() throws Exception {
    loans =
        new StoredOutput(
            directory.resolve("data/loan_scores"),
            new KeyForm(List.of(new KeyColumn("loan_id", Type.INTEGER, 0))),
            1);
    loans.publish(
        "day=2026-11-23",
        "parcel-late/1",
        rows -> {
          rows.add(List.of("4711"), ",\"label\":\"late\"", 0.25f);
          rows.add(List.of("1"), "", 0.5f);
          rows.add(List.of("9"), "", 0.125f);
        });
    loans.publish(
        "day=2026-11-24",
        "parcel-late/1",
        rows -> {
          rows.add(
              List.of("4711"), ",\"columns\":{\"amount\":12.50},\"label\":\"on_time\"", 0.7312f);
          rows.add(List.of("7"), "", 0.1f);
          rows.add(List.of("7"), "", 0.2f);
          rows.addQuarantined(List.of("9"), FAULTS);
        });
    names =
        new StoredOutput(
            directory.resolve("data/names"),
            new KeyForm(
                List.of(
                    new KeyColumn("branch", Type.TEXT, 0), new KeyColumn("loan", Type.TEXT, 0))),
            3);
    names.publish("", "parcel-class/1", rows -> rows.add(List.of("a/b", ""), "", 0.1f, 0.2f, 0.7f));
    start(Map.of());
  }

  private void start(Map<String, String> more) throws Exception {
    Map<String, String> settings = new java.util.HashMap<>(more);
    settings.put("scores.loans.output", '"' + loans.path().toString() + '"');
    settings.put("scores.names.output", '"' + names.path().toString() + '"');
    settings.putIfAbsent("scores.poll", "0 s");
    settings.put("security.admin-tokens", "[" + io.paritree.Sha256.hex("admin".getBytes()) + "]");
    if (model == null) {
      model = new TestPackages(directory.resolve("store")).binary();
    }

    serving = RunningServer.start(List.of(model.getParent().toString()), settings);
    client = new Client(serving.port());
    operator = new Client(serving.managementPort());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    operator.close();
    serving.close();
  }

  private Answer reload() throws IOException {
    return operator.send("POST", "/admin/reload", new byte[0], "Authorization: Bearer admin\r\n");
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void newestPartitionThatHasTheKeyAnswers() throws Exception {
    assertThat(client.get("/v1/scores/loans/4711").body())
        .isEqualTo(
            "{\"key\":{\"loan_id\":4711},\"partition\":{\"day\":\"2026-11-24\"},\"score\":0.7312,"
                + "\"columns\":{\"amount\":12.50},\"label\":\"on_time\","
                + "\"model_version\":\"parcel-late/1\",\"run\":\"run2\","
                + "\"scored_at\":\"2026-11-25T02:11:09Z\"}\n");
    assertThat(client.get("/v1/scores/loans/1").body())
        .contains("\"partition\":{\"day\":\"2026-11-23\"},\"score\":0.5,");
    assertThat(client.get("/v1/scores/loans/4711?day=2026-11-23").body())
        .contains("\"score\":0.25,\"label\":\"late\",");
    assertThat(client.get("/v1/scores/loans/row?loan_id=4711&day=2026-11-23").body())
        .contains("\"score\":0.25,");
  }

  @Test
  void keyOfSeveralColumnsIsGivenByTheQuery() throws Exception {
    String query = "branch=" + escaped("a/b") + "&loan=";

    assertThat(client.get("/v1/scores/names/row?" + query).body())
        .startsWith(
            "{\"key\":{\"branch\":\"a/b\",\"loan\":\"\"},\"partition\":{},"
                + "\"scores\":{\"score\":0.1,\"1\":0.2,\"2\":0.7},\"model_version\":");
    assertThat(client.get("/v1/scores/names/row/history?" + query).status()).isEqualTo(200);
    assertThat(problem(client.get("/v1/scores/names/a"), 400)).isEqualTo("invalid_key");
    assertThat(problem(client.get("/v1/scores/names/row?branch=a"), 400)).isEqualTo("invalid_key");
  }

  @Test
  void historyHasAnEntryPerPartitionNewestFirst() throws Exception {
    Answer answer = client.get("/v1/scores/loans/9/history");

    assertThat(answer.body())
        .startsWith(
            "{\"key\":{\"loan_id\":9},\"history\":[{\"partition\":{\"day\":\"2026-11-24\"},"
                + "\"error\":{\"code\":\"quarantined\"")
        .contains("},{\"partition\":{\"day\":\"2026-11-23\"},\"score\":0.125,");
    assertThat(JsonTree.object(client.get("/v1/scores/loans/4711/history?limit=1").body()))
        .hasEntrySatisfying("history", entries -> assertThat((List<?>) entries).hasSize(1));
    assertThat(problem(client.get("/v1/scores/loans/2/history"), 404)).isEqualTo("unknown_key");
    assertThat(problem(client.get("/v1/scores/loans/9/history?limit=0"), 400))
        .isEqualTo("bad_parameter");
  }

  @Test
  void absentQuarantinedAndRepeatedKeysSaySo() throws Exception {
    Answer absent = client.get("/v1/scores/loans/2");
    Answer quarantined = client.get("/v1/scores/loans/9");
    Answer repeated = client.get("/v1/scores/loans/7");

    assertThat(problem(absent, 404)).isEqualTo("unknown_key");
    assertThat(absent.body()).contains("Searched day=2026-11-24, day=2026-11-23.");
    assertThat(problem(quarantined, 404)).isEqualTo("quarantined");
    assertThat(quarantined.body())
        .contains("\"pointer\":\"/weight\",\"field\":\"weight\",\"code\":\"missing_value\"")
        .contains(",\"run\":\"run2\"}");
    assertThat(problem(repeated, 409)).isEqualTo("ambiguous_key");
    assertThat(repeated.body()).contains("\"run\":\"run2\",\"rows\":2}");
    assertThat(problem(client.get("/v1/scores/cars/2"), 404)).isEqualTo("unknown_scores");
  }

  private static String problem(Answer answer, int status) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
    String type = String.valueOf(JsonTree.object(answer.body()).get("type"));
    return type.substring("urn:paritree:problem:".length());
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/scores/loans/abc, invalid_key",
    "/v1/scores/loans/4711.0, invalid_key",
    "/v1/scores/loans/4711?month=1, bad_parameter",
    "/v1/scores/loans/4711?day=1&day=2, bad_parameter",
    "/v1/scores/loans/4711?day, bad_parameter",
    "/v1/scores/loans/4711?day=%zz, bad_parameter"
  })
  void wrongRequestsAreRefused(String path, String code) throws Exception {
    assertThat(problem(client.get(path), 400)).isEqualTo(code);
  }

  @Test
  void manyKeysAreAnsweredInOrder() throws Exception {
    Answer answer =
        client.post("/v1/scores/loans/lookup", "{\"keys\":[1,\"4711\",2,{\"loan_id\":9},7,\"x\"]}");
    Map<String, Object> body = JsonTree.object(answer.body());

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).endsWith("],\"found\":2,\"absent\":4}\n");
    List<?> results = (List<?>) body.get("results");
    assertThat(results.toString())
        .containsSubsequence(
            "score=0.5",
            "score=0.7312",
            "unknown_key",
            "quarantined",
            "ambiguous_key",
            "invalid_key");
    assertThat(client.post("/v1/scores/loans/lookup?day=2026-11-23", "{\"keys\":[4711]}").body())
        .contains("\"score\":0.25,");
    assertThat(problem(client.post("/v1/scores/loans/lookup", "{\"keys\":[[1]]}"), 400))
        .isEqualTo("malformed_body");
    assertThat(problem(client.post("/v1/scores/names/lookup", "{\"keys\":[1]}"), 400))
        .isEqualTo("malformed_body");
    String many = "{\"keys\":[" + "1,".repeat(10_000) + "1]}";
    assertThat(problem(client.post("/v1/scores/loans/lookup", many), 413))
        .isEqualTo("too_many_rows");
  }

  @Test
  void tagOfAPartitionIsAnsweredBy304UntilItIsReplaced() throws Exception {
    String tag = client.get("/v1/scores/loans/4711").headers().get("etag");
    String known = "If-None-Match: W/\"x\", " + tag + "\r\n";

    Answer unchanged = client.send("GET", "/v1/scores/loans/4711", new byte[0], known);
    assertThat(unchanged.status()).isEqualTo(304);
    assertThat(unchanged.content()).isEmpty();
    assertThat(unchanged.headers())
        .containsEntry("etag", tag)
        .containsEntry("cache-control", "private, no-cache");
    assertThat(client.get("/v1/scores/loans/4711?day=2026-11-23").headers().get("etag"))
        .isNotEqualTo(tag);

    loans.publish("day=2026-11-24", "parcel-late/2", rows -> rows.add(List.of("4711"), "", 0.9f));
    assertThat(reload().status()).isEqualTo(200);
    Answer changed = client.send("GET", "/v1/scores/loans/4711", new byte[0], known);
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.body()).contains("\"score\":0.9,\"model_version\":\"parcel-late/2\"");
    assertThat(changed.headers().get("etag")).isNotEqualTo(tag);
  }

  @Test
  void outputThatIsNotOnALocalDiskIsRefusedInASentence() {
    assertThatThrownBy(
            () ->
                RunningServer.start(
                    List.of(model.getParent().toString()),
                    Map.of("scores.far.output", "\"hdfs://namenode/loans\"")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot serve scores far from hdfs://namenode/loans: expected a");
  }

  @Test
  void outputWithoutAPublishedPartitionIsServedEmptyAndSaysWhy() throws Exception {
    stop();
    loans = new StoredOutput(directory.resolve("data/later"), loans.keys(), 1);
    start(Map.of());

    assertThat(problem(client.get("/v1/scores/loans/1"), 503)).isEqualTo("no_scores");
    assertThat(operator.get("/health/ready").body())
        .contains("\"ready\":true", "scripts/score has published no partition there");

    loans.publish("", "parcel-late/1", rows -> rows.add(List.of("1"), "", 0.5f));
    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/1").body()).contains("\"partition\":{},\"score\":0.5");
  }

  @Test
  void listsSayWhatIsServed() throws Exception {
    assertThat(client.get("/v1/scores").body())
        .contains("{\"name\":\"loans\",\"partitions\":2,\"rows\":6,\"newest\":{\"partition\":")
        .contains("\"name\":\"names\"");
    assertThat(client.get("/v1/scores/loans").body())
        .contains("\"keys\":[{\"name\":\"loan_id\",\"type\":\"integer\"}]")
        .contains("\"quarantined\":1,\"repeated_keys\":1,\"without_key\":0,\"run\":\"run2\"")
        .contains("\"age_seconds\":", "\"distribution\":{\"mean\":0.5,\"min\":0.25,\"max\":0.75");
  }

  @Test
  void partitionThatCannotBeUsedLeavesTheOldOneAnswering() throws Exception {
    String before = client.get("/v1/scores/loans/4711").body();
    loans.publish("day=2026-11-24", "parcel-late/2", rows -> rows.add(List.of("4711"), "", 0.9f));
    Path index = loans.index("day=2026-11-24").resolve(IndexManifest.FILE);
    byte[] whole = Files.readAllBytes(index);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 1;
    Files.write(index, flipped);

    assertThat(reload().status()).isEqualTo(409);
    assertThat(client.get("/v1/scores/loans/4711").body()).isEqualTo(before);
    assertThat(operator.get("/health/ready").body())
        .contains("\"ready\":true")
        .contains("\"partition\":\"day=2026-11-24\",\"reason\":\"Cannot read ");
    assertThat(operator.get("/metrics").body()).contains("paritree_scores_problems 1.0");

    Files.write(index, whole);
    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.9,");
    assertThat(operator.get("/health/ready").body()).contains("\"problems\":[]");
  }

  @Test
  void missingFileOrIndexOrGapLeavesTheOldStateAnswering() throws Exception {
    String before = client.get("/v1/scores/loans/4711").body();
    Path partition = loans.path().resolve("day=2026-11-24");
    Path aside = directory.resolve("aside");

    Files.move(partition.resolve("part-0.parquet"), aside);
    assertThat(reload().status()).isEqualTo(409);
    assertThat(client.get("/v1/scores/loans/4711").body()).isEqualTo(before);
    Files.move(aside, partition.resolve("part-0.parquet"));

    Files.move(partition, aside); // the gap between two renames
    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body()).isEqualTo(before);
    Files.move(aside, partition);
    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body()).isEqualTo(before);

    Files.move(partition, aside); // deleted
    reload();
    reload();
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.25,");
  }

  @Test
  void indexThatIsDamagedWhileItAnswersNeverAnswersWrongly() throws Exception {
    Path index = loans.index("day=2026-11-24");
    for (String shard : List.of("shard-0", "shard-1")) {
      byte[] content = Files.readAllBytes(index.resolve(shard));
      for (int at = 56; at < content.length; at++) {
        content[at] ^= 4;
      }

      Files.write(index.resolve(shard), content);
    }

    assertThat(problem(client.get("/v1/scores/loans/4711"), 503)).isEqualTo("damaged_scores");
    assertThat(reload().status()).isEqualTo(409);
    assertThat(problem(client.get("/v1/scores/loans/4711"), 503)).isEqualTo("damaged_scores");
    assertThat(operator.get("/health/ready").body()).contains("\"reason\":\"Cannot read ");

    loans.publish("day=2026-11-24", "parcel-late/1", rows -> rows.add(List.of("4711"), "", 0.9f));
    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.9,");
  }

  @Test
  void onlyTheNewestPartitionsAreServedByNumberBeforeText() throws Exception {
    stop();
    for (String value : List.of("9", "10", "b", "a")) {
      loans.publish("day=" + value, "m/1", rows -> rows.add(List.of("5"), "", 0.5f));
    }

    start(Map.of("scores.loans.keep-partitions", "4"));

    assertThat(client.get("/v1/scores/loans").body())
        .containsSubsequence(
            "\"day\":\"b\"", "\"day\":\"a\"", "\"day\":\"2026-11-24\"", "\"day\":\"2026-11-23\"")
        .doesNotContain("\"day\":\"10\"");
  }

  @Test
  void comparisonSaysWhetherModelOrInputsDiffer() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    packages.binary(2, 6);
    List<String> records = TestPackages.records(2);
    float one = scoreOf(records.get(0));
    stop();
    model = directory.resolve("store/parcel-late/2");
    start(Map.of());
    float two = scoreOf(records.get(0));
    float other = scoreOf(records.get(1));
    assertThat(one).isNotEqualTo(two);
    loans.publish(
        "day=2026-11-26",
        "parcel-late/1",
        rows -> {
          rows.add(List.of("1"), "", one); // the same record, by the old version
          rows.add(List.of("2"), "", 0.123f); // of another record
        });
    loans.publish(
        "day=2026-11-25",
        "parcel-late/2",
        rows -> {
          rows.add(List.of("3"), "", two);
          rows.add(List.of("4"), "", other);
        });
    loans.publish("day=2026-11-27", "parcel-late/9", rows -> rows.add(List.of("5"), "", 0.3f));
    reload();

    String compare = "/v1/scores/loans/%s/compare";
    assertThat(client.post(compare.formatted(1), records.get(0)).body())
        .contains("\"stored\":{\"partition\":{\"day\":\"2026-11-26\"},\"score\":" + one)
        .contains("\"now\":{\"score\":" + two, "\"then\":{\"score\":" + one)
        .endsWith("\"same_bits\":false,\"cause\":\"model\"}\n");
    assertThat(client.post(compare.formatted(2), records.get(0)).body())
        .endsWith("\"cause\":\"both\"}\n");
    assertThat(client.post(compare.formatted(3), records.get(0)).body())
        .endsWith("\"same_bits\":true,\"cause\":\"none\"}\n");
    assertThat(client.post(compare.formatted(4), records.get(0)).body())
        .endsWith("\"cause\":\"inputs\"}\n");
    assertThat(client.post(compare.formatted(5), records.get(0)).body())
        .doesNotContain("\"then\"")
        .endsWith("\"cause\":null}\n");
    assertThat(problem(client.post(compare.formatted(6), records.get(0)), 404))
        .isEqualTo("unknown_key");
    assertThat(problem(client.post(compare.formatted(1), "{\"weight\":\"x\"}"), 400))
        .isEqualTo("invalid_record");
    assertThat(
            client
                .post("/v1/scores/loans/row/compare?loan_id=3&day=2026-11-25", records.get(0))
                .body())
        .contains("\"cause\":\"none\"");
  }

  private float scoreOf(String record) throws IOException {
    Object score =
        JsonTree.object(client.post("/v1/models/parcel-late/score", record).body()).get("score");
    return Float.parseFloat(score.toString());
  }

  @Test
  void storedScoreIsTheAnswerAndOtherwiseTheScoreOfNow() throws Exception {
    String record = TestPackages.records(1).get(0);
    String path = "/v1/models/parcel-late/score?scores=loans&key=";
    String now = client.post("/v1/models/parcel-late/score", record).body();

    assertThat(client.post(path + "4711", record).body())
        .startsWith(
            "{\"model\":\"parcel-late\",\"version\":\"parcel-late/1\",\"key\":{\"loan_id\":4711},")
        .contains("\"score\":0.7312,", ",\"model_version\":\"parcel-late/1\",\"run\":\"run2\",")
        .endsWith(",\"source\":\"stored\"}\n");
    for (String key : List.of("2", "7", "9")) { // unknown, repeated, quarantined
      assertThat(client.post(path + key, record).body())
          .isEqualTo(now.replace("}\n", ",\"source\":\"now\"}\n"));
    }

    assertThat(problem(client.post(path + "x", record), 400)).isEqualTo("invalid_key");
    assertThat(problem(client.post("/v1/models/parcel-late/score?key=1", record), 400))
        .isEqualTo("bad_parameter");
    assertThat(problem(client.post(path.replace("loans", "names") + "1", record), 400))
        .isEqualTo("bad_parameter");
    assertThat(problem(client.post(path.replace("loans", "cars") + "1", record), 404))
        .isEqualTo("unknown_scores");
    loans.publish("day=2026-11-25", "other/1", rows -> rows.add(List.of("4711"), "", 0.9f));
    reload();
    assertThat(problem(client.post(path + "4711", record), 400)).isEqualTo("bad_parameter");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestLogHasKeysOnlyIfAsked(boolean asked) throws Exception {
    stop();
    Path log = directory.resolve("requests.log");
    start(Map.of("log.requests", '"' + log.toString() + '"', "log.keys", String.valueOf(asked)));

    client.get("/v1/scores/loans/4711");
    client.get("/v1/scores/loans/4711/history");
    client.get("/v1/scores/loans/row?loan_id=4711");
    serving.close();

    assertThat(Files.readString(log).contains("4711")).isEqualTo(asked);
    assertThat(Files.readString(log)).contains("\"route\":\"/v1/scores/{table}/{key}\"");
  }

  @Test
  void republishedPartitionIsSeenWholeOrNotAtAllByManyReaders() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<String> wrong = new AtomicReference<>();
    List<Thread> readers =
        java.util.stream.IntStream.range(0, 4)
            .mapToObj(
                reader ->
                    new Thread(
                        () -> {
                          try (Client own = new Client(serving.port())) {
                            while (!done.get() && wrong.get() == null) {
                              Answer answer = own.get("/v1/scores/loans/4711");
                              if (!isWhole(answer)) {
                                wrong.set(answer.status() + " " + answer.body());
                              }
                            }
                          } catch (IOException e) {
                            wrong.set(e.toString());
                          }
                        }))
            .toList();
    readers.forEach(Thread::start);

    for (int version = 3; version < 60 && wrong.get() == null; version++) {
      float score = version;
      loans.publish(
          "day=2026-11-24",
          "parcel-late/" + version,
          rows -> rows.add(List.of("4711"), ",\"label\":\"" + score + "\"", score));
      reload();
    }

    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }

    assertThat(wrong.get()).isNull();
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":59.0");
  }

  /** Returns whether score, label, version and run are of one publication. */
  private static boolean isWhole(Answer answer) {
    if (answer.status() != 200) {
      return false;
    }

    Map<String, Object> row = JsonTree.object(answer.body());
    if (row.get("run").equals("run2")) {
      return answer.body().contains("\"score\":0.7312,");
    }

    int version = (int) Float.parseFloat(row.get("score").toString());
    return row.get("label").equals(version + ".0")
        && row.get("model_version").equals("parcel-late/" + version)
        && row.get("run").equals("run" + version);
  }
}
