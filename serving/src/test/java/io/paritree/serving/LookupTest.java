package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stored scores are answered by key, over real sockets, from the indexes of published partitions.
 */
class LookupTest extends ServedLoans {
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
  void partitionsWithOtherKeysChangeNothingAndAreFoundByTheirOwn() throws Exception {
    KeyForm renamed = new KeyForm(List.of(new KeyColumn("branch", Type.TEXT, 0)));
    loans.publish("day=2026-11-25", renamed, "m/1", rows -> rows.add(List.of("A"), "", 0.75f));
    loans.publish("day=2026-11-26", "m/1", rows -> rows.add(List.of("5"), "", 0.5f));
    reload();

    assertThat(client.get("/v1/scores/loans/1").body())
        .contains("\"partition\":{\"day\":\"2026-11-23\"},\"score\":0.5,");
    assertThat(client.get("/v1/scores/loans/3").body())
        .contains(
            "Searched day=2026-11-26, day=2026-11-24, day=2026-11-23; not day=2026-11-25, whose keys"
                + " have other columns.");
    for (String path : List.of("A?", "row?branch=A&")) {
      assertThat(client.get("/v1/scores/loans/" + path + "day=2026-11-25").body())
          .startsWith("{\"key\":{\"branch\":\"A\"},")
          .contains("\"score\":0.75,");
    }
  }

  @Test
  void aColumnOfTheKeyMayHaveTheNameOfTheLimit() throws Exception {
    KeyForm named = new KeyForm(List.of(new KeyColumn("limit", Type.TEXT, 0)));
    loans.publish("day=2026-11-25", named, "m/1", rows -> rows.add(List.of("A"), "", 0.75f));
    reload();

    for (String path : List.of("row/history?limit=A", "A/history?limit=1")) {
      assertThat(client.get("/v1/scores/loans/" + path).body())
          .startsWith("{\"key\":{\"limit\":\"A\"},\"history\":[{")
          .contains("\"score\":0.75,");
    }
  }

  @Test
  void aPartitionThatIsNotServedIsNoAbsentKey() throws Exception {
    assertThat(problem(client.get("/v1/scores/loans/4711?day=2026-12-31"), 404))
        .isEqualTo("unknown_partition");
    assertThat(problem(client.post("/v1/scores/loans/lookup?day=2026-1", "{\"keys\":[4711]}"), 404))
        .isEqualTo("unknown_partition");
  }

  @Test
  void thePartitionOfNullIsTheOldestAndHasTheNameOfItsDirectory() throws Exception {
    String name = "day=__HIVE_DEFAULT_PARTITION__";
    loans.publish(name, "m/1", rows -> rows.add(List.of("4711"), "", 0.75f));
    reload();

    assertThat(client.get("/v1/scores/loans/4711").body()).contains("2026-11-24");
    assertThat(client.get("/v1/scores/loans/4711?" + name).body())
        .contains("\"partition\":{\"day\":null},\"score\":0.75,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"day=K%C3%B6ln", "day=Köln", "day=K%F6ln"})
  void aPartitionIsFoundByItsValueHoweverItsDirectoryIsSpelled(String name) throws Exception {
    loans.publish(name, "m/1", rows -> rows.add(List.of("4711"), "", 0.75f));
    reload();

    assertThat(client.get("/v1/scores/loans/4711?day=K%C3%B6ln").body())
        .contains("\"partition\":{\"day\":\"Köln\"},\"score\":0.75,");
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws Exception {
    for (String wrong : List.of("%FF", "%ED%A0%80", "%zz")) {
      Answer row = client.get("/v1/scores/names/row?loan=&branch=" + wrong);
      assertThat(problem(row, 400)).isEqualTo("bad_parameter");
      assertThat(row.body()).contains("expected percent-encoded UTF-8");
    }
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
        .contains("\"field\":\"zone\",\"code\":\"wrong_type\"", ",\"run\":\"run2\"}")
        .contains("\"got\":\"no value\"", "\"got\":\"a value that is not shown\"")
        .doesNotContain("secret");
    assertThat(problem(repeated, 409)).isEqualTo("ambiguous_key");
    assertThat(repeated.body()).contains("\"run\":\"run2\",\"rows\":2}");
    assertThat(problem(client.get("/v1/scores/cars/2"), 404)).isEqualTo("unknown_scores");
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

  @ParameterizedTest
  @CsvSource({
    "/v1/scores/loans/4711?month=1, only day",
    "/v1/scores/loans/4711/history?month=1, 'only limit, day'",
    "/v1/scores/loans/row?loan_id=4711&month=1, 'only loan_id, day'"
  })
  void refusalOfAnUnknownParameterNamesItAndThoseThatExist(String path, String expected)
      throws Exception {
    assertThat(client.get(path).body())
        .contains("the parameter 'month' is not known; expected " + expected + ".");
  }

  @Test
  void longNameOfAParameterIsShortenedInTheRefusal() throws Exception {
    String parameter = "x".repeat(1_000) + "=1";

    Answer answer = client.get("/v1/scores/loans/4711?" + parameter + "&" + parameter);

    assertThat(problem(answer, 400)).isEqualTo("bad_parameter");
    assertThat(answer.body()).contains("parameter 'xxx").doesNotContain("x".repeat(200));
    assertThat(client.get("/v1/scores/loans/4711?" + parameter).body())
        .contains("parameter 'xxx")
        .doesNotContain("x".repeat(200));
    assertThat(client.get("/v1/scores/loans/4711?a%0Ab=1").body()).contains("'a\\\\u000ab'");
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
  void keyOfTheNewestPartitionIsAnExampleWhereThePageIsServed() throws Exception {
    String key =
        new ObjectMapper()
            .readTree(client.get("/v1/scores/loans").body())
            .path("example_key")
            .path("loan_id")
            .asText();
    assertThat(client.get("/v1/scores/loans/" + key).body())
        .contains("\"partition\":{\"day\":\"2026-11-24\"},\"score\":");
    stop();
    start(Map.of("page.mode", "off"));
    assertThat(client.get("/v1/scores/loans").body()).doesNotContain("example_key");
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
    Path file = directory.resolve("store/parcel-late/1/model.ubj");
    Path away = Files.move(file, directory.resolve("away"));
    Files.createSymbolicLink(file, Path.of("x".repeat(300))); // no system can read it now
    assertThat(client.post(compare.formatted(1), records.get(0)).body())
        .doesNotContain("\"then\"")
        .endsWith("\"cause\":null}\n");
    Files.delete(file);
    Files.move(away, file);
    assertThat(client.post(compare.formatted(1), records.get(0)).body())
        .contains("\"stored\":{\"partition\":{\"day\":\"2026-11-26\"},\"score\":" + one)
        .contains("\"now\":{\"score\":" + two, "\"then\":{\"score\":" + one)
        .containsPattern(
            "\"model_digest\":\"[0-9a-f]{64}\",\"engine\":\"spec\",\"same_bits\":true}")
        .endsWith("\"same_bits\":false,\"cause\":\"model\"}\n");
    assertThat(client.post(compare.formatted(2), records.get(0)).body())
        .contains("\"engine\":\"spec\",\"same_bits\":false}")
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

  @Test
  void theLastAuditOfTheRowsPartitionSaysWhetherItIsOfItsRun() throws Exception {
    assertThat(client.get("/v1/scores/loans/4711/audit").body())
        .isEqualTo(
            "{\"key\":{\"loan_id\":4711},\"partition\":{\"day\":\"2026-11-24\"},"
                + "\"model_version\":\"parcel-late/1\",\"run\":\"run2\","
                + "\"scored_at\":\"2026-11-25T02:11:09Z\"}\n");

    loans.audited("day=2026-11-24", "run2-00000002", "proved", 0);
    loans.audited("day=2026-11-23", "run0-00000000", "differs", 1);
    assertThat(client.get("/v1/scores/loans/row/audit?loan_id=4711").body())
        .contains("\"same_run\":true,\"audit\":{", "\"verdict\": \"proved\"");
    assertThat(client.get("/v1/scores/loans/4711/audit?day=2026-11-23").body())
        .contains(
            "\"same_run\":false,\"audit\":{",
            "\"verdict\": \"differs\"",
            "\"key\": \"9999\"",
            "sha256");

    loans.audited("day=2026-11-25", "run2-00000002", "proved", 0);
    Path audits = directory.resolve("data/_paritree/loan_scores/audits");
    Files.copy( // the evidence of another partition proves nothing
        audits.resolve("day=2026-11-25/audit.json"),
        audits.resolve("day=2026-11-24/audit.json"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(problem(client.get("/v1/scores/loans/4711/audit"), 503))
        .isEqualTo("unreadable_audit");
    assertThat(problem(client.get("/v1/scores/loans/3/audit"), 404)).isEqualTo("unknown_key");
  }

  @Test
  void withoutThePageNoAuditShowsOtherRows() throws Exception {
    loans.audited("day=2026-11-24", "run2-00000002", "differs", 1);
    stop();
    start(Map.of("page.mode", "off"));

    assertThat(client.get("/v1/scores/loans/4711/audit").body())
        .contains("\"verdict\": \"differs\"", "\"differing\": 1", "notes")
        .doesNotContain("9999", "sha256");
  }

  private float scoreOf(String record) throws IOException {
    Object score =
        JsonTree.object(client.post("/v1/models/parcel-late/score", record).body()).get("score");
    return Float.parseFloat(score.toString());
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
    client.get("/v1/scores/loans/4711/histor");
    client.send("DELETE", "/v1/scores/loans/4711", new byte[0], "");
    client.send("OPTIONS", "/v1/scores/loans/4711", new byte[0], "");
    serving.close();

    assertThat(Files.readString(log).contains("4711")).isEqualTo(asked);
    assertThat(Files.readString(log))
        .contains(
            "\"path\":\"/v1/scores/loans/" + (asked ? "4711" : "{key}") + "\"",
            "\"route\":\"/v1/scores/{table}/{key}\"");
  }
}
