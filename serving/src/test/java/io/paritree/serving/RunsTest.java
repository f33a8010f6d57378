package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Sha256;
import io.paritree.comparison.ModelPair;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.model.EarlierOutput;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import io.paritree.serving.Client.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the job's runs have reported is answered, and nothing else of an output's state. */
class RunsTest {
  private static final String RUNS = "/v1/scores/loans/runs";

  @TempDir Path directory;
  private Path model;
  private RunningServer serving;
  private Client client;

  private void start(String output, Map<String, String> more) throws Exception {
    Map<String, String> settings = new HashMap<>(more);
    settings.putIfAbsent("scores.poll", "0 s");
    settings.put("scores.loans.output", '"' + output + '"');
    settings.put("scores.index-directory", '"' + directory.resolve("indexes").toString() + '"');
    settings.put("security.admin-tokens", "[" + Sha256.hex("admin".getBytes()) + "]");
    if (model == null) {
      model = new TestPackages(directory.resolve("store")).binary();
    }

    serving = RunningServer.start(List.of(model.toString()), settings);
    client = new Client(serving.port());
  }

  @AfterEach
  void stop() throws Exception {
    FarStore.listed = null;
    if (serving != null) {
      client.close();
      serving.close();
    }
  }

  private void reload() throws IOException {
    try (Client operator = new Client(serving.managementPort())) {
      operator.send("POST", "/admin/reload", new byte[0], "Authorization: Bearer admin\r\n");
    }
  }

  private Map<String, Object> ok(String path) throws IOException {
    Answer answer = client.get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return JsonTree.object(answer.body());
  }

  private Path output() {
    return directory.resolve("data/loan_scores");
  }

  private Path run(String name) {
    return output().resolveSibling("_paritree/loan_scores/runs").resolve(name);
  }

  private void write(String name, RunReport report) throws IOException {
    Files.createDirectories(output());
    Files.createDirectories(run(name));
    Files.write(run(name).resolve(StateDirectory.REPORT), report.toJson());
  }

  private void writeCompared(String name) throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("store"));
    model = packages.binary();
    ModelPair pair =
        new ModelPair(
            Opening.open(model.toString(), EngineKind.FOREST),
            Opening.open(packages.binary(2, 12).toString(), EngineKind.FOREST));
    List<String> lines = new ArrayList<>(List.of(TestRecords.csvHeader()));
    IntStream.range(0, 50).forEach(row -> lines.add(TestRecords.csvLine(row)));
    Path csv = Files.write(directory.resolve("rows.csv"), lines);
    Files.createDirectories(output());
    Reports.compared(
        run(name), Reports.published(name, "2026-11-24T02:00:00Z", List.of("day=1")), pair, csv);
  }

  @Test
  void theComparisonOfARunIsAnsweredToTheLastByteIfItIsWhole() throws Exception {
    writeCompared("night");
    start(output().toString(), Map.of());
    Map<String, Object> run = ok(RUNS + "/night");
    assertThat(JsonTree.at(run, "challengers/0/left_out"))
        .isEqualTo("there is no such <b>model</b>");
    assertThat(JsonTree.at(run, "challengers/1/comparison")).isEqualTo("comparison-next.json");
    Path file = run("night").resolve("comparison-next.json");
    for (String query : List.of("", "?challenger=next")) {
      assertThat(client.get(RUNS + "/night/comparison" + query).content())
          .isEqualTo(Files.readAllBytes(file));
    }

    for (String query : List.of("?challenger=gone", "?challenger=..%2Freport", "?challenger=")) {
      Answer answer = client.get(RUNS + "/night/comparison" + query);
      assertThat(answer.status()).as(query).isEqualTo(404);
      assertThat(answer.body()).contains("unknown_challenger", "[next]");
    }

    assertThat(client.get(RUNS + "/night/comparison?name=next").status()).isEqualTo(400);
    Files.writeString(file, Files.readString(file).replace("\"rows\": 50", "\"rows\": 51"));
    Answer damaged = client.get(RUNS + "/night/comparison");
    assertThat(damaged.status()).isEqualTo(503);
    assertThat(damaged.body()).doesNotContain(directory.toString());
  }

  @Test
  void withoutThePageNoKeysOfComparisonsAreShown() throws Exception {
    writeCompared("night");
    start(output().toString(), Map.of("page.mode", "off"));
    assertThat(client.get(RUNS + "/night/comparison").status()).isEqualTo(404);
  }

  private List<String> listed() throws IOException {
    return ((List<?>) ok(RUNS).get("runs"))
        .stream().map(run -> String.valueOf(JsonTree.at(run, "run"))).toList();
  }

  @Test
  void runsThatTheJobHasPublishedAreListedNewestFirst() throws Exception {
    EarlierOutput.unpack(directory);
    for (String kind : List.of("scores", "table")) {
      start(directory.resolve("data").resolve(kind).toString(), Map.of());
      Map<String, Object> list = ok(RUNS);
      assertThat(list).containsEntry("name", "loans").containsEntry("left", "0");
      assertThat((List<?>) list.get("runs"))
          .extracting(run -> JsonTree.at(run, "run_id"))
          .containsExactly("second", "first");
      Map<?, ?> first = (Map<?, ?>) JsonTree.at(list, "runs/0");
      Path run = directory.resolve("data/_paritree/" + kind + "/runs/" + first.get("run"));
      Map<String, Object> file =
          JsonTree.object(Files.readString(run.resolve(StateDirectory.REPORT)));
      assertThat(first.get("started_at")).isEqualTo(file.get("startedAt"));
      assertThat(first.get("published")).isEqualTo(List.of("day=2026-11-21"));
      assertThat(first.keySet().stream().map(String::valueOf))
          .doesNotContain("problem", "names_left");
      assertThat(List.of(first.get("outcome"), first.get("exit_code"), first.get("held")))
          .isEqualTo(List.of("published", "0", List.of()));
      assertThat(List.of(first.get("read"), first.get("scored"), first.get("quarantined")))
          .isEqualTo(List.of("40", "39", "1"));
      assertThat(first.get("model_version")).isEqualTo("parcel-late/2");
      assertThat(first.get("already_published")).isEqualTo("0");
      stop();
    }
  }

  @Test
  void theReportOfARunIsAnsweredUnderItsNameAndItsId() throws Exception {
    EarlierOutput.unpack(directory);
    start(directory.resolve("data/scores").toString(), Map.of());
    Map<String, Object> report = ok(RUNS + "/second-c9f4c98f");
    Map<String, Object> file =
        JsonTree.object(
            Files.readString(
                directory.resolve("data/_paritree/scores/runs/second-c9f4c98f/report.json")));

    assertThat(report).containsEntry("run", "second-c9f4c98f").containsEntry("run_id", "second");
    for (String member : List.of("codes", "missing", "unseen", "scores", "seconds", "model")) {
      assertThat(report.get(member)).as(member).isEqualTo(file.get(member));
    }

    for (String member : List.of("input", "output", "quarantine", "read", "scored")) {
      assertThat(report.get(member)).as(member).isEqualTo(file.get(member));
    }

    assertThat(report)
        .containsEntry("previous", "first-1153ea52")
        .containsEntry("lineage", true)
        .containsEntry("rows_per_second", "4")
        .containsEntry("duplicate_keys", "0");
    assertThat(JsonTree.at(report, "partitions/0/partition")).isEqualTo("day=2026-11-21");
    assertThat(JsonTree.at(report, "partitions/0/files/0/rows")).isEqualTo("39");
    assertThat(ok(RUNS + "/second")).isEqualTo(report);
    assertThat(ok(RUNS + "/first")).doesNotContainKey("previous");
  }

  @Test
  void heldPartitionsAndScoresThatAreNotFiniteAreAnswered() throws Exception {
    write("bad-0000000a", Reports.held("bad", "2026-11-24T02:00:00Z"));
    write("bad-0000000a.2", Reports.published("bad", "2026-11-24T02:00:00Z", List.of("day=2")));
    start(output().toString(), Map.of());

    Map<String, Object> list = ok(RUNS);
    assertThat(list.get("runs").toString())
        .contains("groups_left=1", "held_by=[{gate=quarantined, partitions=1}]");
    Map<String, Object> report = ok(RUNS + "/bad-0000000a");
    assertThat(report)
        .containsEntry("outcome", "quarantined")
        .containsEntry("exit_code", "4")
        .containsEntry("message", "too many <b>bad</b> rows")
        .containsEntry("published", "1")
        .containsEntry("held", "1")
        .doesNotContainKeys("previous", "duplicate_keys", "input_version");
    assertThat(JsonTree.at(report, "partitions/1/held/reason")).isEqualTo("1 of 11 rows");
    assertThat(JsonTree.at(report, "scores/mean")).isEqualTo("NaN");
    assertThat(JsonTree.at(report, "scores/max")).isEqualTo("Infinity");
    assertThat(JsonTree.at(report, "scores/min")).isEqualTo("0.1");
    assertThat(JsonTree.at(report, "changed/0/missing_sealed")).isEqualTo("5.0E-4");
  }

  @Test
  void valuesOfQuarantinedRowsAreAnsweredOnlyIfTheSettingSaysSo() throws Exception {
    write("bad-0000000a", Reports.held("bad", "2026-11-24T02:00:00Z"));
    start(output().toString(), Map.of());
    String answer = client.get(RUNS + "/bad").body();
    assertThat(answer).contains("\"code\":\"wrong_type\",\"rows\":2").doesNotContain("secret");
    stop();
    start(output().toString(), Map.of("page.quarantine-examples", "on"));

    assertThat(client.get(RUNS + "/bad").body()).contains("\"example\":\"got \\\"secret\\\"");
  }

  @Test
  void reportThatCannotBeReadIsListedWithItsProblemUntilItIsMended() throws Exception {
    RunReport report = Reports.published("good", "2026-11-24T02:00:00Z", List.of("day=1"));
    write("good-0000000a", report);
    write("half-0000000b", report);
    Files.write(run("half-0000000b").resolve(StateDirectory.REPORT), new byte[] {'{'});
    Files.createDirectories(run("none-0000000c"));
    start(output().toString(), Map.of());

    assertThat(client.get(RUNS).body())
        .contains(
            "{\"run\":\"half-0000000b\",\"problem\":\"The report is not whole, or too long\"}")
        .doesNotContain("none-0000000c", directory.toString());
    Answer damaged = client.get(RUNS + "/half-0000000b");
    assertThat(ServedLoans.problem(damaged, 503)).isEqualTo("unreadable_runs");
    assertThat(damaged.body()).doesNotContain(directory.toString());
    assertThat(ServedLoans.problem(client.get(RUNS + "/none-0000000c"), 404))
        .isEqualTo("unknown_run");

    write("half-0000000b", report);
    reload();
    assertThat(client.get(RUNS).body()).doesNotContain("problem");
    assertThat(ok(RUNS + "/half-0000000b")).containsEntry("run_id", "good");
  }

  @Test
  void runsAreReadOncePerLookAndReportsOnce() throws Exception {
    write("a-0000000a", Reports.published("a", "2026-11-23T02:00:00Z", List.of("day=1")));
    start(output().toString(), Map.of());
    assertThat(listed()).containsExactly("a-0000000a");

    write("b-0000000b", Reports.published("b", "2026-11-24T02:00:00Z", List.of("day=2")));
    Files.write(run("a-0000000a").resolve(StateDirectory.REPORT), new byte[0]);
    assertThat(listed()).as("as of the last look").containsExactly("a-0000000a");
    reload();
    assertThat(listed()).containsExactly("b-0000000b", "a-0000000a");
    assertThat(client.get(RUNS).body()).as("a report is read once").doesNotContain("problem");
  }

  @Test
  void newRunsOfAPolledOutputAreFoundWithoutAReload() throws Exception {
    write("a-0000000a", Reports.published("a", "2026-11-23T02:00:00Z", List.of("day=1")));
    start(output().toString(), Map.of("scores.poll", "10 ms"));
    assertThat(listed()).containsExactly("a-0000000a");
    write("b-0000000b", Reports.published("b", "2026-11-24T02:00:00Z", List.of("day=2")));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (listed().size() < 2) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  @Test
  void theLimitSaysHowManyRunsAreAnswered() throws Exception {
    for (int run = 0; run < 120; run++) {
      String started = "2026-11-24T02:%02d:%02dZ".formatted(run / 60, run % 60);
      write(
          "r%s-0000000a".formatted(run),
          Reports.published(
              "r" + run,
              started,
              IntStream.range(0, run == 119 ? 150 : 1).mapToObj(day -> "day=" + day).toList()));
    }

    start(output().toString(), Map.of());
    assertThat(listed()).hasSize(50).startsWith("r119-0000000a", "r118-0000000a");
    Map<String, Object> two = ok(RUNS + "?limit=2");
    assertThat(two).containsEntry("left", "118");
    assertThat((List<?>) JsonTree.at(two, "runs/0/published")).hasSize(100);
    assertThat(JsonTree.at(two, "runs/0/names_left")).isEqualTo("50");
    assertThat((List<?>) ok(RUNS + "?limit=100").get("runs")).hasSize(100);
    assertThat((List<?>) ok(RUNS + "/r119").get("partitions")).hasSize(150);
    for (String query : List.of("limit=0", "limit=101", "limit=x", "limit=1&limit=2", "max=1")) {
      assertThat(ServedLoans.problem(client.get(RUNS + "?" + query), 400))
          .as(query)
          .isEqualTo("bad_parameter");
    }
  }

  @Test
  void namesThatAreNoNamesOfRunsLeadNowhere() throws Exception {
    write("a-0000000a", Reports.published("a", "2026-11-23T02:00:00Z", List.of("day=1")));
    Path secret = output().resolveSibling("_paritree/loan_scores/secret");
    Files.createDirectories(secret);
    Files.copy(
        run("a-0000000a").resolve(StateDirectory.REPORT), secret.resolve(StateDirectory.REPORT));
    start(output().toString(), Map.of());
    assertThat(listed()).containsExactly("a-0000000a");
    List<String> unknown =
        Stream.of(
                "%3Cimg%20onerror%3E", "a-0000000a%20", "%E2%80%AEa", "x".repeat(4_000), "history")
            .toList();
    for (String name : unknown) {
      assertThat(ServedLoans.problem(client.get(RUNS + "/" + name), 404))
          .as(name)
          .isEqualTo("unknown_run");
    }

    for (String name :
        List.of("..", "../secret", "%2e%2e", "..%2Fsecret", "%00", "a%5Cb", "..;/secret", ".")) {
      Answer answer = client.get(RUNS + "/" + name);
      assertThat(answer.status()).as(name).isIn(400, 404);
      assertThat(answer.body()).as(name).doesNotContain("run_id");
    }

    assertThat(ServedLoans.problem(client.get("/v1/scores/nothing/runs"), 404))
        .isEqualTo("unknown_scores");
    assertThat(client.send("GET", RUNS, new byte[0], "Accept: text/html\r\n").status())
        .isEqualTo(406);
    assertThat(client.send("POST", RUNS, new byte[0], "").status()).isEqualTo(405);
  }

  @Test
  void aKeyThatIsNamedRunsIsFoundByItsColumn() throws Exception {
    StoredOutput names =
        new StoredOutput(
            output(), new KeyForm(List.of(new KeyColumn("name", KeyColumn.Type.TEXT, 0))), 1);
    names.publish(
        "",
        "parcel-late/1",
        rows -> {
          rows.add(List.of("runs"), "", 0.5f);
          rows.add(List.of("outcomes"), "", 0.25f);
        });
    start(output().toString(), Map.of());

    assertThat(client.get("/v1/scores/loans/row?name=runs").body()).contains("\"score\":0.5,");
    assertThat(client.get("/v1/scores/loans/row?name=outcomes").body()).contains("\"score\":0.25,");
    assertThat(ok("/v1/scores/loans/outcomes")).containsEntry("as_ofs", List.of());
    assertThat(client.get("/v1/scores/loans/row/history?name=runs").body())
        .contains("\"score\":0.5,");
    assertThat(ok(RUNS)).containsEntry("runs", List.of());
  }

  @Test
  void storeThatDoesNotAnswerHoldsUpOneRequestForAShortTimeOnly() throws Exception {
    write("a-0000000a", Reports.published("a", "2026-11-23T02:00:00Z", List.of("day=1")));
    start("far://store" + output(), Map.of());
    CountDownLatch held = new CountDownLatch(1);
    FarStore.listed = held;
    try {
      Answer refused = client.get(RUNS);
      assertThat(ServedLoans.problem(refused, 503)).isEqualTo("unreadable_runs");
      assertThat(refused.headers()).containsKey("retry-after");
      long begin = System.nanoTime();
      assertThat(client.get(RUNS).status()).isEqualTo(503);
      assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.MILLISECONDS.toNanos(1_500));
    } finally {
      held.countDown();
    }

    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (client.get(RUNS).status() != 200) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }

    assertThat(listed()).containsExactly("a-0000000a");
  }
}
