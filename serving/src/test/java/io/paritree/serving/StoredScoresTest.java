package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.lookup.IndexManifest;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What is published is taken into service in one step, and what cannot be used leaves the old state
 * answering.
 */
class StoredScoresTest extends ServedLoans {
  private static final String NEWEST = "/v1/scores/loans/4711?day=2026-11-24";

  @Test
  void outputOnAStoreWithoutAClientIsRefusedInASentence() {
    assertThatThrownBy(
            () ->
                RunningServer.start(
                    List.of(model.getParent().toString()),
                    Map.of("scores.far.output", "\"gs://bucket/loans\"")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "Cannot open gs://bucket/loans: Hadoop's client has no file system for 'gs'");
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

  /** Returns the answer that a row has while the newest partition cannot answer. */
  private static String stale(String answer, String reason) {
    return answer.replace(
        "}\n",
        ",\"stale\":{\"partition\":{\"day\":\"2026-11-24\"},\"reason\":\"" + reason + "\"}}\n");
  }

  @Test
  void publicationThatCannotBeUsedLeavesTheOlderPartitionAnswering() throws Exception {
    String before = client.get("/v1/scores/loans/4711?day=2026-11-23").body();
    loans.publish("day=2026-11-24", "parcel-late/2", rows -> rows.add(List.of("4711"), "", 0.9f));
    Path index = loans.index("day=2026-11-24").resolve(IndexManifest.FILE);
    byte[] whole = Files.readAllBytes(index);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 1;
    Files.write(index, flipped);

    assertThat(reload().status()).isEqualTo(409);
    assertThat(client.get("/v1/scores/loans/4711").body()).isEqualTo(stale(before, "damaged"));
    assertThat(operator.get("/health/ready").body())
        .contains("\"ready\":true")
        .contains("\"partition\":\"day=2026-11-24\",\"reason\":\"Cannot read ");
    assertThat(operator.get("/metrics").body())
        .contains("paritree_scores_problems{table=\"loans\"} 1.0");

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
    assertThat(client.get("/v1/scores/loans/4711").body()).isEqualTo(stale(before, "incomplete"));
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

  /** Changes all entries of the index of the newest partition, or back again. */
  private void flip() throws IOException {
    Path index = loans.index("day=2026-11-24");
    for (String shard : List.of("shard-0", "shard-1")) {
      byte[] content = Files.readAllBytes(index.resolve(shard));
      for (int at = 56; at < content.length; at++) {
        content[at] ^= 4;
      }

      Files.write(index.resolve(shard), content);
    }
  }

  @Test
  void damagedIndexIsReadAgainOnlyOnceItsFilesHaveChanged() throws Exception {
    Path shard = loans.index("day=2026-11-24").resolve("shard-0");
    flip();
    assertThat(problem(client.get(NEWEST), 503)).isEqualTo("damaged_scores");
    assertThat(reload().status()).isEqualTo(409);
    List<FileTime> times = new ArrayList<>();
    for (String name : List.of("shard-0", "shard-1")) {
      times.add(Files.getLastModifiedTime(shard.resolveSibling(name)));
    }

    flip();
    for (String name : List.of("shard-0", "shard-1")) {
      Files.setLastModifiedTime(shard.resolveSibling(name), times.remove(0));
    }

    assertThat(reload().status()).as("the files look as they did").isEqualTo(409);
    Files.setLastModifiedTime(shard, FileTime.fromMillis(1));
    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.7312,");
    assertThat(operator.get("/health/ready").body()).contains("\"problems\":[]");
  }

  @Test
  void damageThatIsFoundDuringALookForNewPartitionsIsNotForgotten() throws Exception {
    stop();
    start(Map.of("scores.poll", "1 ms"));
    for (int number = 0; number < 50; number++) {
      flip();
      assertThat(problem(client.get(NEWEST), 503)).isEqualTo("damaged_scores");
      assertThat(reload().status()).as("publication %s", number).isEqualTo(409);
      loans.publish("day=2026-11-24", "m/1", rows -> rows.add(List.of("4711"), "", 0.5f));
      assertThat(reload().status()).isEqualTo(200);
    }
  }

  @Test
  void indexThatIsDamagedWhileItAnswersNeverAnswersWrongly() throws Exception {
    flip();
    assertThat(problem(client.get(NEWEST), 503)).isEqualTo("damaged_scores");
    assertThat(reload().status()).isEqualTo(409);
    assertThat(problem(client.get(NEWEST), 503)).isEqualTo("damaged_scores");
    assertThat(operator.get("/health/ready").body()).contains("its digest differs from");

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
  void republishedPartitionIsSeenWholeOrNotAtAllByManyReaders() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<String> wrong = new AtomicReference<>();
    List<Thread> readers =
        IntStream.range(0, 4)
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
