package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.lookup.IndexManifest;
import io.paritree.output.PartitionManifest;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An answer for which the newest published partition should have been searched, and could not, says
 * so or is refused; a restart changes nothing.
 */
class StaleScoresTest extends ServedLoans {
  private static final String NEWEST = "day=2026-11-24";
  private static final String STALE =
      ",\"stale\":{\"partition\":{\"day\":\"2026-11-24\"},\"reason\":\"damaged\"}";

  @Override
  void start(Map<String, String> more) throws Exception {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("scores.index-directory", '"' + directory.resolve("own").toString() + '"');
    super.start(settings);
  }

  private Path index(String file) throws IOException {
    return loans.index(NEWEST).resolve(file);
  }

  private void damage(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    for (int at = content.length / 2; at < content.length; at++) {
      content[at] ^= 4;
    }

    Files.write(file, content);
  }

  private Answer post(String path, String body) throws IOException {
    return client.post(path, body);
  }

  private Answer get(String path, String more) throws IOException {
    return client.send("GET", path, new byte[0], more);
  }

  @Test
  void eachAnswerOfAnOlderPartitionNamesTheOneThatDoesNotAnswer() throws Exception {
    String old = client.get("/v1/scores/loans/4711?day=2026-11-23").body();
    damage(index(IndexManifest.FILE));
    assertThat(reload().status()).isEqualTo(409);

    String row = old.replace("}\n", STALE + "}\n");
    assertThat(client.get("/v1/scores/loans/4711").body()).isEqualTo(row);
    assertThat(client.get("/v1/scores/loans/4711/history").body())
        .startsWith(
            "{\"key\":{\"loan_id\":4711},\"history\":[{\"partition\":{\"day\":\"2026-11-23\"}")
        .endsWith("]" + STALE + "}\n");
    assertThat(post("/v1/scores/loans/lookup", "{\"keys\":[4711]}").body())
        .contains(row.strip(), "\"found\":1");
    assertThat(post("/v1/scores/loans/4711/compare", "{\"weight\":1}").body())
        .contains(STALE + "},\"now\":");
    for (String list : List.of("/v1/scores", "/v1/scores/loans")) {
      assertThat(client.get(list).body())
          .contains(
              "\"not_served\":[{\"partition\":{\"day\":\"2026-11-24\"},\"reason\":\"damaged\"}]");
    }

    assertThat(client.get("/v1/scores/loans/4711?day=2026-11-23").body())
        .as("the caller asks for that day")
        .isEqualTo(old);
  }

  @Test
  void whatOnlyTheDamagedPartitionMayHaveIsNotSaidToBeAbsent() throws Exception {
    damage(index(IndexManifest.FILE));
    reload();

    for (String path : List.of("loans/7", "loans/4711?day=2026-11-24", "loans/7/history")) {
      Answer answer = client.get("/v1/scores/" + path);
      assertThat(problem(answer, 503)).as(path).isEqualTo("damaged_scores");
      assertThat(answer.body()).contains(STALE);
    }

    assertThat(problem(client.get("/v1/scores/loans/4711?day=2026-11-25"), 404))
        .isEqualTo("unknown_partition");
  }

  @Test
  void aRowThatACallerKnowsIsSentAgainOnceItIsNotOfTheNewestPartition() throws Exception {
    loans.publish("day=2026-11-25", "parcel-late/1", rows -> rows.add(List.of("5"), "", 0.5f));
    reload();
    String known =
        "If-None-Match: " + client.get("/v1/scores/loans/4711").headers().get("etag") + "\r\n";
    assertThat(get("/v1/scores/loans/4711", known).status()).isEqualTo(304);

    damage(loans.index("day=2026-11-25").resolve(IndexManifest.FILE));
    reload();
    Answer stale = get("/v1/scores/loans/4711", known);
    assertThat(stale.status()).isEqualTo(200);
    assertThat(stale.body())
        .contains("\"score\":0.7312,", "\"stale\":{\"partition\":{\"day\":\"2026-11-25");
    String again = "If-None-Match: " + stale.headers().get("etag") + "\r\n";
    assertThat(get("/v1/scores/loans/4711", again).status()).isEqualTo(304);
  }

  @Test
  void whatIsStaleIsRefusedIfTheOperatorSaysSo() throws Exception {
    stop();
    start(Map.of("scores.stale", "refuse"));
    loans.publish("day=2026-11-25", "parcel-late/1", rows -> rows.add(List.of("5"), "", 0.5f));
    Files.delete(loans.index("day=2026-11-25").resolve(IndexManifest.FILE));
    assertThat(reload().status()).isEqualTo(409);

    Answer refused = client.get("/v1/scores/loans/4711");
    assertThat(problem(refused, 503)).isEqualTo("stale_scores");
    assertThat(refused.body())
        .contains(
            "day=2026-11-25 is published, but it has no index;",
            "\"stale\":{\"partition\":{\"day\":\"2026-11-25\"},\"reason\":\"no_index\"}");
    assertThat(post("/v1/scores/loans/lookup", "{\"keys\":[1]}").status()).isEqualTo(503);
    assertThat(client.get("/v1/scores/loans/4711?day=2026-11-24").body())
        .contains("\"score\":0.7312,")
        .doesNotContain("stale");

    damage(index("shard-0"));
    damage(index("shard-1"));
    assertThat(problem(client.get("/v1/scores/loans/4711?day=2026-11-24"), 503))
        .isEqualTo("damaged_scores");
  }

  @Test
  void anOutputWithoutAnyIndexIsRefusedByTheStartAndNotByALook() throws Exception {
    Files.delete(loans.index("day=2026-11-23").resolve(IndexManifest.FILE));
    Files.delete(loans.index("day=2026-11-24").resolve(IndexManifest.FILE));
    assertThat(reload().status()).isEqualTo(409);
    assertThat(client.get("/v1/scores/names/row?branch=a%2Fb&loan=").status()).isEqualTo(200);
    stop();

    assertThatThrownBy(() -> start(Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot serve scores loans from ")
        .hasMessageEndingWith(
            "none of its newest partitions (2) has an index; publish them with scripts/score"
                + " --lookup-index");
  }

  private List<String> answers() throws IOException {
    List<String> answers = new ArrayList<>();
    for (String path :
        List.of(
            "loans",
            "loans/4711",
            "loans/1",
            "loans/7",
            "loans/9",
            "loans/12",
            "loans/4711?day=2026-11-24",
            "loans/1?day=2026-11-24",
            "loans/4711?day=2026-11-23",
            "loans/4711/history")) {
      Answer answer = client.get("/v1/scores/" + path);
      String body = answer.body().replaceAll("\"age_seconds\":[0-9]+", "");
      answers.add("%s %s %s".formatted(path, answer.status(), body));
    }

    return answers;
  }

  @ParameterizedTest
  @ValueSource(strings = {IndexManifest.FILE, "shard-1"})
  void aRemovedIndexIsReportedAsRemovedAndNotAsNeverBuilt(String file) throws Exception {
    Files.delete(index(file));

    assertThat(reload().body())
        .contains("was there, and is removed in whole or in part; restore it")
        .doesNotContain("has built no index");
  }

  @Test
  void aMissingPartOfAnIndexIsReportedAsNotBuiltOrRemovedAfterARestart() throws Exception {
    Files.delete(index("shard-1"));
    stop();
    start(Map.of());

    assertThat(reload().body()).contains("has built no index", "or it was removed", "shard-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifest",
        "entries",
        "header",
        "cut",
        "no shard",
        "no index",
        "no file",
        "digests",
        "published",
        "published, twice",
        "published again, manifest",
        "published again, no index",
        "published again, no file",
        "published again, of another run"
      })
  void aDamagedNewestPartitionHasTheSameAnswersBeforeAndAfterARestart(String what)
      throws Exception {
    if (what.startsWith("published again")) {
      loans.publish(NEWEST, "parcel-late/2", rows -> rows.add(List.of("4711"), "", 0.9f));
    }

    switch (what.replace("published again, ", "")) {
      case "manifest" -> damage(index(IndexManifest.FILE));
      case "digests" -> Files.writeString(index(IndexManifest.DIGESTS), "");
      case "header" -> {
        byte[] content = Files.readAllBytes(index("shard-0"));
        content[3] ^= 1;
        Files.write(index("shard-0"), content);
      }
      case "cut" -> {
        byte[] content = Files.readAllBytes(index("shard-1"));
        Files.write(index("shard-1"), Arrays.copyOf(content, content.length - 9));
      }
      case "entries" -> {
        damage(index("shard-0"));
        damage(index("shard-1"));
      }
      case "no shard" -> Files.delete(index("shard-1"));
      case "no index" -> Files.delete(index(IndexManifest.FILE));
      case "published", "published, twice" ->
          Files.writeString(loans.path().resolve(NEWEST).resolve(PartitionManifest.FILE), "{");
      case "of another run" ->
          Files.write(
              index(IndexManifest.FILE),
              Files.readAllBytes(loans.index("day=2026-11-23").resolve(IndexManifest.FILE)));
      case "no file" -> Files.delete(loans.path().resolve(NEWEST).resolve("part-0.parquet"));
      default -> throw new IllegalArgumentException(what);
    }

    assertThat(reload().status()).isEqualTo(409);
    answers(); // finds what is damaged
    assertThat(reload().status()).isEqualTo(409);
    List<String> before = answers();
    stop();
    start(Map.of());

    answers();
    assertThat(answers()).isEqualTo(before);
    assertThat(String.join("", before)).contains("\"stale\":");
  }

  @Test
  void anUnreadableManifestOfTheNewestPartitionIsNoEndOfTheOthers() throws Exception {
    Files.writeString(
        loans.path().resolve(NEWEST).resolve(PartitionManifest.FILE), "{", StandardCharsets.UTF_8);
    stop();
    start(Map.of());

    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.25,", STALE);
    assertThat(problem(client.get("/v1/scores/loans/4711?day=2026-11-24"), 503))
        .isEqualTo("damaged_scores");
  }
}
