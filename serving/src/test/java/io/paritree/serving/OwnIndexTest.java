package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.lookup.IndexManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server builds the index of published files of which the job has built none. */
class OwnIndexTest extends ServedLoans {
  private static final String DAY = "day=2026-11-24";
  private static final int ROWS = 3_000;

  private PublishedRows rows;
  private Path indexes;
  private String scheme = "";

  @Override
  void start(Map<String, String> more) throws Exception {
    if (rows == null) {
      rows = new PublishedRows(directory.resolve("data/plain"));
      indexes = directory.resolve("indexes");
      rows.publish("day=2026-11-23", 0, 10, "old");
      rows.publish(DAY, 0, ROWS, "");
    }

    Map<String, String> settings = new HashMap<>(more);
    settings.put("scores.plain.output", '"' + scheme + rows.path() + '"');
    settings.put("scores.index-directory", '"' + indexes.toString() + '"');
    super.start(settings);
  }

  private void checkAll() throws IOException {
    int run = rows.runs();
    for (long key = 0; key < ROWS; key += 7) {
      assertThat(client.get("/v1/scores/plain/" + key).body())
          .contains(
              "\"score\":" + PublishedRows.score(run, key),
              "\"columns\":{\"note\":null},\"label\":\"v%sk%s\"".formatted(run, key),
              "\"model_version\":\"m/" + run + "\"",
              "\"run\":\"run" + run + "\",\"scored_at\":\"2026-11-25T02:11:09Z\"");
    }

    assertThat(problem(client.get("/v1/scores/plain/" + ROWS), 409)).isEqualTo("ambiguous_key");
    assertThat(client.get("/v1/scores/plain/" + ROWS).body()).contains("\"rows\":2");
    assertThat(problem(client.get("/v1/scores/plain/" + (ROWS + 1)), 404)).isEqualTo("quarantined");
    assertThat(client.get("/v1/scores/plain/" + (ROWS + 1)).body())
        .contains("\"code\":\"missing_value\"");
    assertThat(problem(client.get("/v1/scores/plain/" + (ROWS + 2)), 404)).isEqualTo("unknown_key");
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> all = Files.walk(indexes.resolve("plain"))) {
      return all.filter(file -> file.endsWith(IndexManifest.FILE)).toList();
    }
  }

  private String readiness() throws IOException {
    return operator.get("/health/ready").body();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "far://store"})
  void publishedFilesAreIndexedOnceAndAnswerAsTheJobsIndexDoes(String store) throws Exception {
    stop();
    scheme = store;
    indexes = directory.resolve("of-this-store");
    start(Map.of());
    checkAll();
    assertThat(readiness()).contains("\"problems\":[]");
    assertThat(client.get("/v1/scores/plain/1?day=2026-11-23").body()).contains("\"note\":\"old\"");
    assertThat(client.get("/v1/scores/plain").body())
        .contains("\"rows\":" + (ROWS + 2), "\"quarantined\":1", "\"repeated_keys\":1");
    stop();
    Path file = rows.file(DAY);
    Files.write(file, new byte[(int) Files.size(file)]); // a start that reads it would fail
    start(Map.of());
    checkAll();
    assertThat(kept()).hasSize(2);
  }

  @Test
  void infiniteScoresAreIndexedAndAnsweredAsNull() throws Exception {
    rows.publish(
        "day=2026-11-25",
        0,
        10,
        "",
        (run, key) ->
            switch ((int) key) {
              case 1 -> Float.POSITIVE_INFINITY;
              case 2 -> Float.NEGATIVE_INFINITY;
              case 3 -> Float.NaN;
              default -> key;
            });
    assertThat(reload().status()).as(readiness()).isEqualTo(200);

    for (int key = 1; key <= 3; key++) {
      assertThat(client.get("/v1/scores/plain/" + key).body())
          .contains("\"day\":\"2026-11-25\"},\"score\":null,")
          .doesNotContain("stale");
    }

    assertThat(client.get("/v1/scores/plain/4").body()).contains("\"score\":4.0,");
    Object newest = JsonTree.at(JsonTree.parse(client.get("/v1/scores").body()), "scores/2/newest");
    assertThat(String.valueOf(newest)).contains("mean=null", "min=null", "max=null");
  }

  @Test
  void replacedPartitionIsIndexedBesideTheOldOneAndSwapped() throws Exception {
    rows.publish(DAY, 0, ROWS, "");
    assertThat(reload().status()).isEqualTo(200);
    checkAll();
    assertThat(reload().status()).isEqualTo(200);
    assertThat(kept()).as("the space of the old one is free with the next look").hasSize(2);
  }

  @Test
  void damagedFilesLeaveTheOldStateAnsweringAndNothingBehind() throws Exception {
    String before = client.get("/v1/scores/plain/7").body();
    rows.publish(DAY, 0, ROWS, "");
    byte[] whole = Files.readAllBytes(rows.file(DAY));
    byte[] flipped = whole.clone();
    for (int at = 100; at < 1_000; at++) {
      flipped[at] ^= 0x55;
    }

    Files.write(rows.file(DAY), flipped);
    for (int look = 0; look < 2; look++) {
      assertThat(reload().status()).isEqualTo(409);
      assertThat(readiness()).contains("\"ready\":true", "Cannot index", "it is damaged");
      assertThat(client.get("/v1/scores/plain/7").body())
          .isEqualTo(
              before.replace(
                  "}\n",
                  ",\"stale\":{\"partition\":{\"day\":\"2026-11-24\"},\"reason\":\"no_index\"}}\n"));
      assertThat(indexes.resolve(".incomplete")).isEmptyDirectory();
    }

    Files.write(rows.file(DAY), whole);
    assertThat(reload().status()).isEqualTo(200);
    checkAll();
  }

  @Test
  void aDamagedIndexOfTheJobHasTheSameAnswersBeforeARestartAndAfterIt() throws Exception {
    rows.publish(DAY, 0, ROWS, "");
    Path built = directory.resolve("data/_paritree/plain/lookup/run3-00000003").resolve(DAY);
    Files.createDirectories(built);
    Files.writeString(built.resolve("lookup.json"), "{");
    Files.writeString(built.resolve("lookup.sha256"), "");
    assertThat(reload().status()).isEqualTo(409);
    String before = client.get("/v1/scores/plain/7").body();
    stop();
    start(Map.of());
    assertThat(client.get("/v1/scores/plain/7").body()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rows", "manifest", "room"})
  void anEarlierPublicationAnswersBeforeARestartAndAfterIt(String damaged) throws Exception {
    Map<String, String> settings = Map.of("scores.index-size", "1 MiB");
    stop();
    start(settings);
    String before = client.get("/v1/scores/plain/7").body();
    rows.publish(DAY, 0, ROWS, damaged.equals("room") ? "x".repeat(1_000) : "");
    byte[] whole = Files.readAllBytes(rows.manifest(DAY));
    switch (damaged) {
      case "rows" -> Files.write(rows.file(DAY), new byte[(int) Files.size(rows.file(DAY))]);
      case "manifest" -> Files.writeString(rows.manifest(DAY), "{");
      default -> {}
    }

    for (int start = 0; start < 3; start++) {
      assertThat(reload().status()).isEqualTo(409);
      String answer = client.get("/v1/scores/plain/7").body();
      assertThat(answer)
          .startsWith(before.substring(0, before.length() - 2))
          .contains("\"stale\":{\"partition\":{\"day\":\"2026-11-24\"},");
      assertThat(client.get("/v1/scores/plain/1?day=2026-11-23").body()).contains("\"old\"");
      stop();
      start(settings);
    }

    if (damaged.equals("manifest")) {
      Files.write(rows.manifest(DAY), whole);
      assertThat(reload().status()).isEqualTo(200);
      checkAll();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 2147483647, 'a page has 2147483647 bytes, but with this heap'",
    "0, 1, 2147483647, it is damaged",
    "0, 2, 2147483647, it is damaged",
    "2, 2, 2147483647, it is damaged",
    "0, 3, 4, it has a page of encoding DELTA_BINARY_PACKED",
    "1, 4, 2147483647, it is damaged"
  })
  void aPageThatSaysItIsLargeTakesNoMemoryAndRefusesItsPartition(
      int column, int how, long number, String said) throws Exception {
    rows.publish(DAY, 0, ROWS, "note");
    new BrokenRows(rows, DAY, new Random(1)).header(column, how, number);

    assertThat(reload().status()).isEqualTo(409);
    assertThat(readiness()).contains("\"ready\":true", "Cannot index", said);
    assertThat(client.get("/v1/scores/plain/7").body())
        .contains("\"label\":\"v2k7\"", "\"reason\":\"no_index\"");
    rows.publish(DAY, 0, ROWS, "");
    assertThat(reload().status()).isEqualTo(200);
    checkAll();
  }

  @Test
  void aFooterThatSaysItHasManyMembersTakesNoMemory() throws Exception {
    rows.publish(DAY, 0, ROWS, "");
    new BrokenRows(rows, DAY, new Random(1)).endless();

    assertThat(reload().status()).isEqualTo(409);
    assertThat(readiness()).contains("Cannot index", "its footer says 100000000 of at most 1");
  }

  @ParameterizedTest
  @CsvSource({
    "optional binary loan_id (DECIMAL(2000000000;400000000)), 1",
    "optional binary loan_id (DECIMAL(38;2)), 200",
    "optional binary note (DECIMAL(2000000000;2000)), 1",
    "optional binary note (DECIMAL(10;2)), 2000000"
  })
  void aDecimalOfMoreDigitsThanTheJobWritesRefusesItsPartition(String column, int bytes)
      throws Exception {
    rows.publish(DAY, 0, ROWS, "");
    rows.replace(DAY, column.replace(';', ','), bytes);

    assertThat(reload().status()).isEqualTo(409);
    assertThat(readiness()).contains("\"ready\":true", "Cannot index", "decimal");
    assertThat(client.get("/v1/scores/plain/7").body())
        .contains("\"label\":\"v2k7\"", "\"reason\":\"no_index\"");
  }

  @Test
  void aRowOfMoreBytesThanAreEverReadIsRefusedWithItsPartition() throws Exception {
    rows.publish(DAY, 0, 1, "x".repeat(9 << 20));

    assertThat(reload().status()).isEqualTo(409);
    assertThat(readiness()).contains("Cannot index", "a row has more than 8388608 bytes");
  }

  @Test
  void indexForWhichThereIsNoRoomLeavesTheOldOneAnswering() throws Exception {
    stop();
    start(Map.of("scores.index-size", "1 MiB"));
    rows.publish(DAY, 0, ROWS, "x".repeat(1_000));
    for (int look = 0; look < 2; look++) {
      assertThat(reload().status()).isEqualTo(409);
      assertThat(readiness()).contains("\"ready\":true", "of at most 1; raise scores.index-size");
      assertThat(client.get("/v1/scores/plain/7").body()).contains("\"label\":\"v2k7\"");
      assertThat(indexes.resolve(".incomplete")).isEmptyDirectory();
    }

    rows.publish(DAY, 0, ROWS, "");
    assertThat(reload().status()).isEqualTo(200);
    checkAll();
  }

  @Test
  void whatCannotBeIndexedIsRefusedInOneSentence() throws Exception {
    String whole = Files.readString(rows.manifest(DAY));
    Map<String, String> refusals =
        Map.of(
            "(?s) *\"keys\".*?\\],\n *\"scores\".*?\\],\n",
            "run run9-00000009 has not recorded which columns are keys and scores; its version is"
                + " too old for that",
            "\"loan_id\"",
            "run run9-00000009 had no keys, or only partition columns (scripts/score --keys)");
    for (Map.Entry<String, String> refusal : refusals.entrySet()) {
      String manifest =
          whole.replaceFirst(refusal.getKey(), "").replace("run2-00000002", "run9-00000009");
      Files.writeString(rows.manifest(DAY), manifest);
      assertThat(reload().status()).isEqualTo(409);
      assertThat(readiness()).contains(refusal.getValue());
      assertThat(client.get("/v1/scores/plain/7").body()).contains("\"label\":\"v2k7\"");
    }
  }

  @Test
  void quarantineThatIsNotKeptAnyMoreLeavesItsKeysUnknown() throws Exception {
    rows.publish(DAY, 0, ROWS, "");
    Path quarantine = directory.resolve("data/_paritree/plain/runs/run3-00000003/quarantine");
    Files.delete(quarantine.resolve("q.zstd.parquet"));
    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/plain/7").body()).contains("\"label\":\"v3k7\"");
    assertThat(client.get("/v1/scores/plain").body()).contains("\"without_key\":1");
    // The key is in an older partition, if it is anywhere.
    assertThat(problem(client.get("/v1/scores/plain/" + (ROWS + 1) + "?day=2026-11-24"), 404))
        .isEqualTo("unknown_key");
  }

  @Test
  void manifestThatCannotBeReadHoldsUpNoOtherPartition() throws Exception {
    Files.write(rows.manifest("day=2026-11-23"), "{".getBytes(StandardCharsets.UTF_8));
    rows.publish(DAY, 0, ROWS, "");
    for (int look = 0; look < 4; look++) {
      assertThat(reload().status()).isEqualTo(409);
    }

    checkAll();
    assertThat(client.get("/v1/scores/plain/1?day=2026-11-23").body()).contains("\"note\":\"old\"");
  }
}
