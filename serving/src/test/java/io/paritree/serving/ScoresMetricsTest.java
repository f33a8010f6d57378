package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The metrics of stored scores say of each output by itself what operators have to know. */
@Timeout(60)
class ScoresMetricsTest extends ServedLoans {
  private static final String NEWEST = "day=2026-11-24";
  private static final long SCORED = Instant.parse("2026-11-25T02:11:09Z").getEpochSecond();

  /** Returns the value of a metric with these labels; NaN if there is none. */
  private double value(String metric, String labels) throws IOException {
    String line = "paritree_scores_" + metric + "{" + labels + "} ";
    return operator
        .get("/metrics")
        .body()
        .lines()
        .filter(text -> text.startsWith(line))
        .mapToDouble(text -> Double.parseDouble(text.substring(line.length())))
        .findFirst()
        .orElse(Double.NaN);
  }

  private double ofLoans(String metric) throws IOException {
    return value(metric, "table=\"loans\"");
  }

  private double ofNames(String metric) throws IOException {
    return value(metric, "table=\"names\"");
  }

  @Test
  void eachOutputHasItsOwn() throws Exception {
    Files.delete(loans.index(NEWEST).resolve("shard-0"));
    reload();

    assertThat(ofLoans("partitions")).as("a broken one answers no more").isEqualTo(1);
    assertThat(ofNames("partitions")).isEqualTo(1);
    assertThat(ofLoans("problems")).isEqualTo(1);
    assertThat(ofNames("problems")).isZero();
    assertThat(value("unserved_partitions", "reason=\"no_index\",table=\"loans\"")).isEqualTo(1);
    assertThat(value("unserved_partitions", "reason=\"no_index\",table=\"names\"")).isZero();
  }

  @Test
  void newestPartitionHasTheTimeWhenItWasScoredAlsoIfAnOlderOneIsScoredAgain() throws Exception {
    assertThat(ofLoans("newest_timestamp_seconds")).isEqualTo(SCORED);

    loans.scoredAt("2026-11-28T02:00:00Z");
    loans.publish("day=2026-11-23", "parcel-late/2", rows -> rows.add(List.of("1"), "", 0.5f));
    assertThat(reload().status()).isEqualTo(200);
    assertThat(ofLoans("newest_timestamp_seconds")).isEqualTo(SCORED);

    loans.publish("day=2026-11-25", "parcel-late/2", rows -> rows.add(List.of("1"), "", 0.5f));
    assertThat(reload().status()).isEqualTo(200);
    assertThat(ofLoans("newest_timestamp_seconds"))
        .isEqualTo(Instant.parse("2026-11-28T02:00:00Z").getEpochSecond());
    assertThat(ofNames("newest_timestamp_seconds")).isEqualTo(SCORED);
  }

  @Test
  void outputWithoutAPartitionHasNoTimeOfTheNewest() throws Exception {
    stop();
    loans = new StoredOutput(directory.resolve("data/later"), loans.keys(), 1);
    start(Map.of());

    assertThat(ofLoans("partitions")).isZero();
    assertThat(ofLoans("problems")).isEqualTo(1);
    assertThat(ofLoans("newest_timestamp_seconds")).isNaN();
  }

  @Test
  void lookUpsAreCountedByTheirResult() throws Exception {
    client.get("/v1/scores/loans/4711");
    client.get("/v1/scores/loans/9"); // quarantined, and found
    client.get("/v1/scores/loans/12345");
    client.post("/v1/scores/loans/lookup", "{\"keys\":[1,12345]}");
    client.get("/v1/scores/loans/4711?day=2026-01-01"); // searches nothing
    assertThat(value("lookups_total", "result=\"found\",table=\"loans\"")).isEqualTo(3);
    assertThat(value("lookups_total", "result=\"absent\",table=\"loans\"")).isEqualTo(2);
    assertThat(value("lookups_total", "result=\"stale\",table=\"loans\"")).isZero();
    assertThat(value("lookups_total", "result=\"unanswered\",table=\"loans\"")).isZero();
    assertThat(value("lookups_total", "result=\"found\",table=\"names\"")).isZero();

    stop();
    Files.delete(loans.index(NEWEST).resolve("shard-0"));
    start(Map.of());
    client.get("/v1/scores/loans/4711");
    client.get("/v1/scores/loans/4711?" + NEWEST);
    assertThat(value("lookups_total", "result=\"stale\",table=\"loans\"")).isEqualTo(1);
    assertThat(value("lookups_total", "result=\"unanswered\",table=\"loans\"")).isEqualTo(1);
  }

  @Test
  void aLookUpWhereNothingIsStoredYetIsUnanswered() throws Exception {
    stop();
    loans = new StoredOutput(directory.resolve("data/later"), loans.keys(), 1);
    start(Map.of());

    assertThat(problem(client.get("/v1/scores/loans/4711"), 503)).isEqualTo("no_scores");
    assertThat(value("lookups_total", "result=\"unanswered\",table=\"loans\"")).isEqualTo(1);
  }

  /** Sends requests of which nothing was heard before, and returns which time series there are. */
  private List<String> seriesAfter(String word) throws IOException {
    for (String path :
        List.of(
            "/v1/scores/loans/9" + word.length(),
            "/v1/scores/loans/row?loan_id=" + word,
            "/v1/scores/loans/4711?day=" + word,
            "/v1/scores/" + word + "/4711",
            "/v1/models/" + word,
            "/v2/models/" + word + "/versions/" + word,
            "/" + word)) {
      client.get(path);
      client.send("PURGE" + word.length(), path, new byte[0], "");
    }

    client.post("/v1/scores/" + word + "/lookup", "{\"keys\":[1]}");
    client.post("/v1/models/" + word + "/score", "{}");
    client.post("/v1/models/parcel-late/score", "{\"" + word + "\":1}");
    return operator
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("paritree_"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .toList();
  }

  @Test
  void nothingThatCallersSendMakesMoreTimeSeries() throws Exception {
    seriesAfter("a"); // whose last request may be counted after this
    List<String> before = seriesAfter("other");

    assertThat(seriesAfter("another")).isEqualTo(before);
  }

  @Test
  void outputThatIsPolledOnRequestOnlyHasNoTimeOfTheLastLook() throws Exception {
    assertThat(ofLoans("last_look_timestamp_seconds")).isNaN();
  }

  private static void await(BooleanSupplier what) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!what.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private boolean isNamesAhead() {
    try {
      return ofNames("last_look_timestamp_seconds") > ofLoans("last_look_timestamp_seconds");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void lookThatHangsIsAsOldAsItsBeginningAndOthersGoOn() throws Exception {
    stop();
    FarStore.listed = new CountDownLatch(1);
    long before = Instant.now().getEpochSecond();
    try {
      start(
          Map.of(
              "scores.loans.output", "\"far://store" + loans.path() + '"',
              "scores.poll", "20 ms",
              "scores.index-directory", '"' + directory.resolve("own").toString() + '"',
              "scores.start-timeout", "100 ms",
              "scores.look-timeout", "100 ms"));
      await(this::isNamesAhead);
      double hung = ofLoans("last_look_timestamp_seconds");
      assertThat(hung).as("not 1970").isGreaterThanOrEqualTo(before);
      assertThat(ofLoans("problems")).isEqualTo(1);
      assertThat(ofNames("problems")).isZero();
    } finally {
      FarStore.listed.countDown();
    }

    await(() -> !isNamesAhead());
    assertThat(ofLoans("partitions")).isEqualTo(2);
  }

  @Test
  void indexWithoutATimeInUtcIsDamagedAndFailsNoList() throws Exception {
    loans.scoredAt("yesterday");
    loans.publish(NEWEST, "parcel-late/2", rows -> rows.add(List.of("1"), "", 0.5f));

    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body()).contains("expected a time in UTC");
    assertThat(client.get("/v1/scores").status()).isEqualTo(200);
    assertThat(client.get("/v1/scores/loans/4711").body()).contains("\"reason\":\"damaged\"");
    assertThat(ofLoans("newest_timestamp_seconds")).isEqualTo(SCORED);
  }
}
