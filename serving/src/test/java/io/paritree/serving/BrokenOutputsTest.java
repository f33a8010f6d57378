package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.output.PartitionManifest;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is put into an output in place of what the job writes, it is read within limits and does
 * not hold anything up; the server reports it, and heals once it is as it was.
 */
@Timeout(60)
class BrokenOutputsTest extends ServedLoans {
  private static final String NEWEST = "day=2026-11-24";
  private static final long LARGE = 3L << 30;

  @Override
  void start(Map<String, String> more) throws Exception {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("scores.index-directory", '"' + directory.resolve("own").toString() + '"');
    super.start(settings);
  }

  private Path file(String what) throws IOException {
    Path partition = loans.path().resolve(NEWEST);
    return switch (what) {
      case "published" -> partition.resolve(PartitionManifest.FILE);
      case "rows" -> partition.resolve("part-0.parquet");
      default -> loans.index(NEWEST).resolve(what);
    };
  }

  private static void put(String how, Path at) throws Exception {
    switch (how) {
      case "pipe" ->
          assertThat(new ProcessBuilder("mkfifo", at.toString()).start().waitFor()).isZero();
      case "device" -> Files.createSymbolicLink(at, Path.of("/dev/zero"));
      case "directory" -> Files.createDirectory(at);
      case "large" -> {
        try (RandomAccessFile file = new RandomAccessFile(at.toFile(), "rw")) {
          file.setLength(LARGE); // without a block on the disk
        }
      }
      default -> throw new IllegalArgumentException(how);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "published, pipe, expected a file",
    "published, device, expected a file",
    "published, directory, expected a file",
    "published, large, expected at most",
    "lookup.json, pipe, expected a file",
    "lookup.json, device, expected a file",
    "lookup.json, large, expected at most",
    "lookup.sha256, pipe, expected a file",
    "lookup.sha256, large, expected at most",
    "shard-0, pipe, expected",
    "shard-1, device, expected",
    "shard-1, large, expected",
    "rows, pipe, has another length",
    "rows, device, has another length"
  })
  void whatIsNoFileOfTheJobHoldsNothingUp(String what, String how, String said) throws Exception {
    String before = client.get("/v1/scores/loans/4711").body();
    Path broken = file(what);
    Path aside = directory.resolve("aside");
    boolean wasThere = Files.exists(broken);
    if (wasThere) {
      Files.move(broken, aside);
    }

    put(how, broken);
    stop();
    start(Map.of()); // as a start sees it

    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body()).contains("\"ready\":true", said);
    assertThat(client.get("/v1/scores/loans/4711").body()).containsAnyOf("\"stale\":", "no_scores");
    assertThat(client.get("/v1/scores/names/row?branch=a%2Fb&loan=").status()).isEqualTo(200);

    Files.delete(broken);
    if (wasThere) {
      Files.move(aside, broken);
    }

    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body()).isEqualTo(before);
  }

  private static String column(int bytes) {
    return ",\"columns\":{\"note\":\"" + "n".repeat(bytes) + "\"}";
  }

  @Test
  void longRowsMakeNoAnswerWithoutEnd() throws Exception {
    loans.publish(
        NEWEST,
        "parcel-late/1",
        rows -> {
          rows.add(List.of("4711"), column(9 << 20), 0.5f);
          rows.add(List.of("5"), column(1 << 20), 0.5f);
        });
    reload();

    String keys = String.join(",", Collections.nCopies(30, "5"));
    Answer many = client.post("/v1/scores/loans/lookup", "{\"keys\":[" + keys + "]}");
    assertThat(many.status()).isEqualTo(413); // a wrong body would be too long to be shown
    assertThat(many.body()).contains("A request may have 15 records, because their answers");
    assertThat(client.get("/v1/scores/loans/5").status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body())
        .contains("\"score\":0.25,", "\"reason\":\"damaged\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"columns\":{\"a\":123456789012345678901e400}",
        ",\"columns\":{\"a\":12345678901234567890",
        ",\"columns\":{\"a\":LONG}",
        ",\"columns\":{\"a\":DEEP12345678901234567890}",
        ",\"stored_reasons\":[1],\"columns\":{\"a\":1}",
        ",\"stored_reasons\":[{\"field\":\"a\",\"contribution\":\"x\"}]",
        ",\"stored_reasons\":[],\"reasons_base\":\"},{\"",
        ",\"stored_reasons\":[],\"reasons_rest\":{}",
        "[",
        "[{\"field\":\"a\",\"code\":\"missing_value\"}]",
        "[{\"field\":7}]"
      })
  void rowsThatAreNoJsonAreDamagedAndFailNoRequest(String members) throws Exception {
    String row = members.replace("LONG", "9".repeat(1_001)).replace("DEEP", "[".repeat(2_000));
    loans.publish(
        NEWEST,
        "parcel-late/1",
        rows -> {
          rows.add(List.of("5"), "", 0.5f);
          if (row.startsWith(",")) {
            rows.add(List.of("4711"), row, 0.75f);
          } else {
            rows.addQuarantined(List.of("4711"), row);
          }
        });
    assertThat(reload().status()).isEqualTo(200);

    String older = client.get("/v1/scores/loans/4711").body();
    assertThat(older).contains("\"score\":0.25,", "\"reason\":\"damaged\"");
    assertThat(client.post("/v1/scores/loans/lookup", "{\"keys\":[4711,5]}").body())
        .contains("\"score\":0.25,", "\"score\":0.5,", "\"found\":2");
    assertThat(client.get("/v1/scores/loans/4711/history").status()).isEqualTo(200);
    assertThat(problem(client.get("/v1/scores/loans/4711?day=2026-11-24"), 503))
        .isEqualTo("damaged_scores");
    assertThat(client.get("/v1/scores/loans/5").body()).contains("\"score\":0.5,");
    assertThat(operator.get("/health/ready").body()).contains("is no JSON of a row");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../x", "", "..", "a/b"})
  void aPartitionThatNamesNoRunHidesNoOther(String run) throws Exception {
    Path partition = Files.createDirectory(loans.path().resolve("day=2026-11-25"));
    Files.writeString(
        partition.resolve(PartitionManifest.FILE),
        "{\"format\":1,\"partition\":\"\",\"identity\":\"i\",\"directory\":\"%s\"}".formatted(run));
    loans.publish("day=2026-11-23", "parcel-late/2", rows -> rows.add(List.of("1"), "", 0.75f));

    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body()).contains("is no name of a run's directory");
    assertThat(client.get("/v1/scores/loans/1").body())
        .contains("\"score\":0.75,", "\"day\":\"2026-11-25\"},\"reason\":\"damaged\"");
  }

  @Test
  void linksThatLeadInCirclesAreNotFollowedForEver() throws Exception {
    for (String name : new String[] {"day=a", "day=b"}) {
      Files.createSymbolicLink(loans.path().resolve(name), Path.of("."));
    }

    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body()).contains("partitions of more than");
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.7312");
  }

  @Test
  void moreBrokenPartitionsThanAnyoneLooksAtAreNotKept() throws Exception {
    for (int number = 0; number <= 1_000; number++) {
      Path partition = Files.createDirectory(loans.path().resolve("day=x" + number));
      Files.writeString(partition.resolve(PartitionManifest.FILE), "{");
    }

    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body())
        .contains("has more than 1000 partitions whose");
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.7312");
    assertThat(client.get("/v1/scores").body()).doesNotContain("\"day\":\"x");
  }

  @Test
  void aCommitThatIsNoFileOrHasNoEndOfALineIsReported() throws Exception {
    Path log = Files.createDirectories(directory.resolve("data/table/_delta_log"));
    Path commit = log.resolve("00000000000000000000.json");
    stop();
    for (String how : new String[] {"pipe", "device", "large"}) {
      put(how, commit);
      start(Map.of("scores.table.output", '"' + log.getParent().toString() + '"'));
      assertThat(operator.get("/health/ready").body()).contains("\"ready\":true", "Cannot read ");
      assertThat(problem(client.get("/v1/scores/table/1"), 503)).isEqualTo("no_scores");
      stop();
      Files.delete(commit);
    }

    try (RandomAccessFile file = new RandomAccessFile(commit.toFile(), "rw")) {
      file.setLength(20 << 20);
    }

    start(Map.of("scores.table.output", '"' + log.getParent().toString() + '"'));
    assertThat(operator.get("/health/ready").body()).contains("has a line of more than");
  }

  @Test
  void aStoreThatDoesNotAnswerIsReportedWithinATime() throws Exception {
    stop();
    FarStore.listed = new CountDownLatch(1);
    try {
      start(
          Map.of(
              "scores.loans.output", "\"far://store" + loans.path() + '"',
              "scores.start-timeout", "100 ms",
              "scores.look-timeout", "100 ms"));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      String health = "";
      while (!health.contains("its store has not answered for") && System.nanoTime() < end) {
        health = operator.get("/health/ready").body();
      }

      assertThat(health).contains("its store has not answered for");
      assertThat(operator.get("/metrics").body())
          .contains("paritree_scores_problems{table=\"loans\"} 1.0");
    } finally {
      FarStore.listed.countDown();
    }

    assertThat(reload().status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"score\":0.7312");
  }
}
