package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Country;
import io.paritree.lookup.BuiltIndex;
import io.paritree.lookup.TableIndexes;
import io.paritree.output.StateDirectory;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored scores of a Delta table: what the job has built for its newest version, or nothing. */
class TableScoresTest extends ServedLoans {
  private static final String DAY = "day=2026-11-24";
  private static final String CHANGE =
      "{\"remove\":{\"path\":\"a\",\"dataChange\":true,\"partitionValues\":{\"day\":\"x\"}}}\n";
  private static final String OPTIMIZE =
      "{\"add\":{\"path\":\"b\",\"dataChange\":false,\"tags\":{\"x\":\"y\"}}}\n{\"commitInfo\":{}}\n";

  private Path table;
  private long version = -1;
  private final Map<String, String> runs = new TreeMap<>();

  @Override
  void start(Map<String, String> more) throws Exception {
    table = directory.resolve("data/table");
    Files.createDirectories(table.resolve("_delta_log"));
    log("{\"metaData\":{\"id\":\"1\"}}\n");
    publish("day=2026-11-23", "run1-0000000a", 0.25f);
    publish(DAY, "run2-0000000b", 0.5f);
    super.start(Map.of("scores.table.output", '"' + table.toString() + '"'));
  }

  private void log(String lines) throws IOException {
    version++;
    String commit = String.format(Locale.ROOT, "%020d.json", version);
    Files.writeString(table.resolve("_delta_log").resolve(commit), lines);
  }

  private Location state() throws IOException {
    return StateDirectory.of(Location.of(table.toRealPath()));
  }

  /** Builds an index, says on which version the commit is based, and commits. */
  private void publish(String partition, String run, float score) throws IOException {
    build(partition, run, score, version);
    log(CHANGE + "{\"txn\":{\"appId\":\"" + run + "\",\"version\":0}}\n");
  }

  private void build(String partition, String run, float score, long base) throws IOException {
    runs.put(partition, run);
    BuiltIndex index = new BuiltIndex(partition, run, loans.keys(), 1, 2);
    index.add(List.of("4711"), "", score);
    index.write(StateDirectory.index(state(), run, partition).toPath());
    Files.write(
        StateDirectory.indexes(state()).resolve(run).resolve(TableIndexes.FILE).toPath(),
        new TableIndexes(base, runs).toJson());
  }

  private void runningAgain() throws Exception {
    super.start(Map.of("scores.table.output", '"' + table.toString() + '"'));
  }

  private String body(String query) throws IOException {
    return client.get("/v1/scores/table/4711" + query).body();
  }

  @Test
  void partitionsOfTheNewestVersionAreAnswered() throws Exception {
    assertThat(body("")).contains("\"score\":0.5,", "\"run\":\"run2\"");
    assertThat(body("?day=2026-11-23")).contains("\"score\":0.25,");

    publish(DAY, "run3-0000000c", 0.75f);
    assertThat(reload().status()).isEqualTo(200);
    assertThat(body("")).contains("\"score\":0.75,", "\"run\":\"run3\"");
    assertThat(body("?day=2026-11-23")).contains("\"score\":0.25,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fa-IR", "ar-EG"})
  void partitionsAreAnsweredWherePeopleWriteOtherDigits(String language) throws Exception {
    publish(DAY, "run3-0000000c", 0.75f);
    assertThat(Country.in(language, this::reload).status()).isEqualTo(200);
    assertThat(body("")).contains("\"score\":0.75,", "\"run\":\"run3\"");
  }

  @Test
  void aListOfMorePartitionsThanAnyTableHasIsRefused() throws Exception {
    for (int number = 0; number <= 200_000; number++) {
      runs.put("day=" + number, "run");
    }

    publish(DAY, "run3-0000000c", 0.75f);
    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body()).contains("expected at most 200000 partitions");
    String stale = body("");
    assertThat(stale).contains("\"score\":0.5,", "\"stale\":{\"reason\":\"damaged\"}");
    stop();
    runningAgain();
    assertThat(body("")).as("after a restart").isEqualTo(stale);

    runs.keySet().removeIf(partition -> partition.length() < 14);
    Files.write(
        StateDirectory.indexes(state())
            .resolve("run3-0000000c")
            .resolve(TableIndexes.FILE)
            .toPath(),
        new TableIndexes(version - 1, runs).toJson());
    assertThat(reload().status()).as("mended").isEqualTo(200);
    assertThat(body("")).contains("\"score\":0.75,").doesNotContain("stale");
  }

  @Test
  void aListWithANameThatIsNoPartitionIsDamagedAndHidesNoOtherTable() throws Exception {
    runs.clear();
    publish("day=2026-11-25", "run3-0000000c", 0.75f);
    Files.writeString(
        StateDirectory.indexes(state())
            .resolve("run3-0000000c")
            .resolve(TableIndexes.FILE)
            .toPath(),
        "{\"format\":1,\"base\":2,\"runs\":{\"day\":\"run3-0000000c\"}}");
    stop();
    runningAgain();
    assertThat(operator.get("/health/ready").body()).contains("expected the path of a partition");
    assertThat(client.get("/v1/scores").status()).isEqualTo(200);
    assertThat(body("")).contains("\"score\":0.5,", "\"stale\":{\"reason\":\"damaged\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "a/b", "", "\u0000", "../../../other"})
  void aListWithARunThatIsNoNameIsDamagedBeforeARestartAndAfterIt(String run) throws Exception {
    String list = new String(new TableIndexes(2, runs).toJson(), StandardCharsets.UTF_8);
    publish("day=2026-11-25", "run3-0000000c", 0.75f);
    Files.writeString(
        StateDirectory.indexes(state())
            .resolve("run3-0000000c")
            .resolve(TableIndexes.FILE)
            .toPath(),
        list.replace("run1-0000000a", run.replace("\u0000", "\\u0000")));
    assertThat(reload().status()).isEqualTo(409);
    assertThat(body("")).contains("\"score\":0.5,", "\"stale\":{\"reason\":\"damaged\"}");
    assertThat(operator.get("/health/ready").body())
        .contains("expected the name of a run's directory");
    stop();
    runningAgain();
    assertThat(body("")).contains("\"score\":0.5,", "\"stale\":{\"reason\":\"damaged\"}");
  }

  @Test
  void aTableWithoutACommitHasTheSameAnswersAfterARestart() throws Exception {
    Path log = table.resolve("_delta_log");
    Files.move(log, directory.resolve("aside"));
    Files.createDirectory(log);

    assertThat(reload().status()).isEqualTo(409);
    String before = body("");
    assertThat(client.get("/v1/scores").body()).contains("[{\"reason\":\"damaged\"}]");
    stop();
    runningAgain();
    assertThat(body("")).isEqualTo(before).contains("no_scores");
  }

  @Test
  void aCommitOfMoreTransactionsThanAnyHasIsRefused() throws Exception {
    StringBuilder lines = new StringBuilder(CHANGE);
    for (int number = 0; number <= 1_000; number++) {
      lines.append("{\"txn\":{\"appId\":\"run-%s\",\"version\":0}}\n".formatted(number));
    }

    log(lines.toString());
    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body()).contains("expected at most 1000 transactions");
    assertThat(body("")).contains("\"score\":0.5,", "\"stale\":{\"reason\":\"damaged\"}");
  }

  @Test
  void commitThatChangesNoRowsChangesNothing() throws Exception {
    log(OPTIMIZE);
    assertThat(reload().status()).isEqualTo(200);
    build(DAY, "run3-0000000c", 0.75f, version); // is killed before its commit
    assertThat(reload().status()).isEqualTo(200);
    assertThat(body("")).contains("\"score\":0.5,");
    log(OPTIMIZE); // comes between, and the transaction begins again
    log(CHANGE + "\n{\"txn\":{\"appId\":\"run3-0000000c\",\"version\":0}}\n");
    assertThat(reload().status()).isEqualTo(200);
    assertThat(body("")).contains("\"score\":0.75,");
  }

  @Test
  void commitsOfTwoRunsToDifferentPartitionsBothCount() throws Exception {
    build(DAY, "run3-0000000c", 0.75f, version);
    runs.put(DAY, "run2-0000000b");
    publish("day=2026-11-23", "run4-0000000d", 0.375f); // comes first, based on the same version
    log(CHANGE + "{\"txn\":{\"appId\":\"run3-0000000c\",\"version\":0}}\n");

    assertThat(reload().status()).isEqualTo(200);
    assertThat(body("")).contains("\"score\":0.75,");
    assertThat(body("?day=2026-11-23")).contains("\"score\":0.375,");
  }

  @Test
  void versionOfAnotherWriterIsRefusedInASentenceUntilTheNextRun() throws Exception {
    log(CHANGE + "{\"txn\":{\"appId\":\"../../etc\",\"version\":0}}\n");
    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body())
        .contains("version 3 of the table was not written by scripts/score --lookup-index");
    String stale = body("");
    assertThat(stale).contains("\"score\":0.5,", "\"stale\":{\"reason\":\"foreign_version\"}");
    stop();
    runningAgain();
    assertThat(body("")).as("after a restart").isEqualTo(stale);

    build(DAY, "run3-0000000c", 0.75f, version);
    log(CHANGE); // another writer comes between
    log(CHANGE + "{\"txn\":{\"appId\":\"run3-0000000c\",\"version\":0}}\n");
    assertThat(reload().status()).isEqualTo(409);
    assertThat(operator.get("/health/ready").body()).contains("version 4 of the table");

    runs.remove("day=2026-11-23"); // changed by the other writer
    publish(DAY, "run4-0000000d", 0.875f);
    Files.createDirectories(state().resolve("run5-0000000e").toPath()); // has not ended
    assertThat(reload().status()).isEqualTo(200);
    assertThat(body("")).contains("\"score\":0.875,");
    assertThat(client.get("/v1/scores/table/4711?day=2026-11-23").status()).isEqualTo(404);
  }
}
