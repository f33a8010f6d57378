package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.lookup.IndexManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Indexes of an output that is on another store are fetched into a directory of limited size. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class FetchedScoresTest extends ServedLoans {
  private static final String DAY = "day=2026-11-24";

  private Path indexes;

  @Override
  void start(Map<String, String> more) throws Exception {
    if (indexes == null) {
      indexes = directory.resolve("indexes");
      FarStore.SHARDS.set(0);
    }

    Map<String, String> settings = new HashMap<>(more);
    settings.put("scores.loans.output", "\"far://store" + loans.path() + '"');
    settings.put("scores.index-directory", '"' + indexes.toString() + '"');
    super.start(settings);
  }

  private void publish(float score, int bytes) throws IOException {
    String label = ",\"label\":\"" + "x".repeat(bytes) + '"';
    loans.publish(DAY, "m/1", rows -> rows.add(List.of("4711"), label, score));
  }

  private String score() throws IOException {
    String body = client.get("/v1/scores/loans/4711").body();
    assertThat(body).contains("\"score\":");
    return body.replaceFirst("(?s).*\"score\":([0-9.]+).*", "$1");
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> all = Files.walk(indexes)) {
      return all.filter(file -> file.endsWith(IndexManifest.FILE)).toList();
    }
  }

  @Test
  void indexesAreFetchedOnceAndFoundAgainByTheNextStart() throws Exception {
    assertThat(score()).isEqualTo("0.7312");
    assertThat(FarStore.SHARDS.get()).as("2 partitions of 2 shards").isEqualTo(4);
    reload();
    stop();
    Path half = Files.createDirectories(indexes.resolve(".incomplete/half"));
    Files.writeString(half.resolve("shard-0"), "of a server that was killed");
    Files.createSymbolicLink(kept().get(0).resolveSibling("loop"), indexes);
    start(Map.of());

    assertThat(score()).isEqualTo("0.7312");
    assertThat(FarStore.SHARDS.get()).isEqualTo(4);
    assertThat(half).doesNotExist();
    assertThat(operator.get("/metrics").body()).containsPattern("scores_index_bytes [1-9]");
  }

  @Test
  void storeThatDoesNotAnswerHoldsUpNeitherTheStartNorOtherOutputsNorTheStop() throws Exception {
    stop();
    indexes = directory.resolve("others");
    CountDownLatch held = new CountDownLatch(1);
    FarStore.held = held;
    try {
      start(Map.of("scores.start-timeout", "100 ms", "scores.poll", "1 ms"));
      assertThat(problem(client.get("/v1/scores/loans/4711"), 503)).isEqualTo("no_scores");
      assertThat(client.get("/v1/scores/names/row?branch=a%2Fb&loan=").status()).isEqualTo(200);
      assertThat(operator.get("/health/ready").body())
          .contains("\"ready\":true", "yet: it is being read, or its indexes fetched");

      held.countDown();
      while (client.get("/v1/scores/loans/4711").status() != 200) {
        LockSupport.parkNanos(1_000_000);
      }

      FarStore.held = new CountDownLatch(1);
      int before = FarStore.SHARDS.get();
      publish(0.5f, 1);
      while (FarStore.SHARDS.get() == before) {
        LockSupport.parkNanos(1_000_000);
      }
    } finally {
      FarStore.held = null;
    }
  }

  @Test
  void aFirstStartAnswersFromThePartitionsThatItHas() throws Exception {
    stop();
    indexes = directory.resolve("others");
    FarStore.SHARDS.set(0);
    FarStore.heldFrom = 2; // the newest partition has 2 shards
    CountDownLatch held = new CountDownLatch(1);
    FarStore.held = held;
    try {
      start(Map.of("scores.start-timeout", "100 ms"));
      while (client.get("/v1/scores/loans/4711").status() != 200) {
        LockSupport.parkNanos(1_000_000);
      }

      assertThat(score()).isEqualTo("0.7312");
      assertThat(client.get("/v1/scores/loans/1").status()).isEqualTo(404);
      held.countDown();
      while (client.get("/v1/scores/loans/1").status() != 200) {
        LockSupport.parkNanos(1_000_000);
      }
    } finally {
      FarStore.held = null;
      FarStore.heldFrom = 0;
    }
  }

  @Test
  void indexesOfAnOutputThatIsNotServedAnyMoreAreRemovedByTheNextStart() throws Exception {
    stop();
    Map<String, String> local =
        Map.of(
            "scores.others.output",
            '"' + loans.path().toString() + '"',
            "scores.index-directory",
            '"' + indexes.toString() + '"');
    RunningServer next = RunningServer.start(List.of(model.getParent().toString()), local);
    try {
      assertThat(kept()).isEmpty();
      start(Map.of()); // the other server needs none, and leaves the directory to this one
    } finally {
      next.close();
    }

    assertThat(score()).isEqualTo("0.7312");
  }

  @Test
  void spaceOfAReplacedIndexIsFreeWithTheNextLook() throws Exception {
    publish(0.5f, 1);
    assertThat(reload().status()).isEqualTo(200);
    assertThat(score()).isEqualTo("0.5");
    assertThat(kept()).as("the old one may still be read").hasSize(3);
    assertThat(reload().status()).isEqualTo(200);
    assertThat(kept()).hasSize(2);
    assertThat(score()).isEqualTo("0.5");
  }

  @Test
  void indexForWhichThereIsNoRoomLeavesTheOldOneAnswering() throws Exception {
    stop();
    start(Map.of("scores.index-size", "1 MiB"));
    publish(0.5f, 1 << 20);
    assertThat(reload().status()).isEqualTo(409);
    assertThat(score()).isEqualTo("0.7312");
    assertThat(operator.get("/health/ready").body())
        .contains("\"ready\":true", "it has 2 MiB", "of at most 1; raise scores.index-size");
    assertThat(kept()).hasSize(2);

    publish(0.25f, 1);
    assertThat(reload().status()).isEqualTo(200);
    assertThat(score()).isEqualTo("0.25");
  }

  @Test
  void indexWithAnotherDigestIsNotTakenAndLeavesNothing() throws Exception {
    publish(0.5f, 10);
    Path index = loans.index(DAY);
    Path shard = largest(index);
    byte[] whole = Files.readAllBytes(shard);
    byte[] flipped = whole.clone();
    flipped[whole.length - 1] ^= 1;
    for (byte[] content : List.of(flipped, Arrays.copyOf(whole, whole.length - 1))) {
      Files.write(shard, content);
      assertThat(reload().status()).isEqualTo(409);
      int opened = FarStore.SHARDS.get();
      assertThat(reload().status()).isEqualTo(409);
      assertThat(FarStore.SHARDS.get()).as("it is fetched again when it changes").isEqualTo(opened);
      assertThat(score()).isEqualTo("0.7312");
      assertThat(operator.get("/health/ready").body()).contains("its length or digest differs");
      assertThat(indexes.resolve(".incomplete")).isEmptyDirectory();
    }

    Files.write(shard, whole);
    assertThat(reload().status()).isEqualTo(200);
    assertThat(score()).isEqualTo("0.5");
  }

  private static Path largest(Path index) throws IOException {
    Path first = index.resolve("shard-0");
    Path second = index.resolve("shard-1");
    return Files.size(first) > Files.size(second) ? first : second;
  }

  /** Changes all entries of an index. */
  private static void flip(Path manifest) throws IOException {
    for (String name : List.of("shard-0", "shard-1")) {
      Path shard = manifest.resolveSibling(name);
      byte[] content = Files.readAllBytes(shard);
      for (int at = 56; at < content.length; at++) {
        content[at] ^= 4;
      }

      Files.write(shard, content);
    }
  }

  @Test
  void damagedCopyIsFetchedAgain() throws Exception {
    for (Path manifest : kept()) {
      flip(manifest);
    }

    assertThat(problem(client.get("/v1/scores/loans/4711"), 503)).isEqualTo("damaged_scores");
    assertThat(reload().status()).isEqualTo(200);
    assertThat(score()).isEqualTo("0.7312");
    stop();
    Path manifest = kept().get(0);
    Files.writeString(manifest, "{}");
    start(Map.of());
    assertThat(operator.get("/health/ready").body()).contains("\"problems\":[]");
    assertThat(score()).isEqualTo("0.7312");
  }

  @Test
  void copyOfWhichAFileIsMissingIsFetchedAgain() throws Exception {
    for (Path manifest : kept()) {
      flip(manifest);
    }

    assertThat(problem(client.get("/v1/scores/loans/4711"), 503)).isEqualTo("damaged_scores");
    for (Path manifest : kept()) {
      Files.deleteIfExists(manifest.resolveSibling("shard-0"));
    }

    assertThat(reload().status()).isEqualTo(200);
    assertThat(score()).isEqualTo("0.7312");
    stop();
    for (Path manifest : kept()) {
      Files.deleteIfExists(manifest.resolveSibling("shard-0"));
    }

    start(Map.of());
    assertThat(operator.get("/health/ready").body()).contains("\"problems\":[]");
    assertThat(score()).isEqualTo("0.7312");
  }

  @Test
  void checkRemovesNothingOfARunningServer() throws Exception {
    Path manifest = kept().get(0);
    Files.writeString(manifest, "{}");

    RunningServer.check(
        List.of(model.getParent().toString()),
        Map.of(
            "scores.loans.output",
            "\"far://store" + loans.path() + '"',
            "scores.index-directory",
            '"' + indexes.toString() + '"'));

    assertThat(manifest).hasContent("{}");
    assertThat(manifest.resolveSibling("shard-0")).exists();
  }

  @Test
  void errorDoesNotEndThePolls() throws Exception {
    stop();
    start(Map.of("scores.poll", "1 ms"));
    FarStore.ERROR.set(new NoClassDefFoundError("of a test"));
    publish(0.5f, 1);
    while (!score().equals("0.5")) {
      LockSupport.parkNanos(1_000_000);
    }

    assertThat(FarStore.ERROR.get()).isNull();
  }

  @Test
  void directoryIsThatOfOneServerAndHoldsNothingElse() throws Exception {
    RunningServer first = serving;
    assertThatThrownBy(() -> start(Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another server of this process uses it");
    assertThat(serving).isSameAs(first);
    assertThat(score()).isEqualTo("0.7312");

    stop();
    indexes = Files.createDirectory(directory.resolve("photos"));
    Path photo = Files.writeString(indexes.resolve("photo"), "of a friend");
    assertThatThrownBy(() -> start(Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("photos: it holds other files");
    assertThat(photo).exists();
    indexes = photo.resolve("indexes");
    assertThatThrownBy(() -> start(Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot keep indexes in " + indexes + ": it cannot be made")
        .hasMessageEndingWith("(scores.index-directory)");
    indexes = directory.resolve("indexes");
    start(Map.of());
  }
}
