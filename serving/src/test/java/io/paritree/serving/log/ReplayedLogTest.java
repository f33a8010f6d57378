package io.paritree.serving.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.json.SealedJson;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.command.ReplayMain;
import io.paritree.serving.Client;
import io.paritree.serving.Client.Answer;
import io.paritree.serving.JsonTree;
import io.paritree.serving.RunningServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a server has logged is scored again with the same bits, and whatever was changed is found.
 */
class ReplayedLogTest {
  private static final String LATE = "/v1/models/parcel-late/";
  private static final int RECORDS = 60;

  /** Records that are refused where records are kept. */
  private static final int REFUSED = 10;

  @TempDir static Path directory;

  @TempDir Path own;

  private static Path store;
  private static Path log;
  private static int lines;

  /** A log with records of each protocol, of two versions and of other kinds of models. */
  @BeforeAll
  static void serve() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    store = packages.store();
    packages.binary(1, 20);
    packages.classes();
    packages.offsets();
    packages.counts();
    packages.floats();
    packages.hostile("hostile");
    log = directory.resolve("predictions.jsonl");
    write(log, "prediction-log.records", "true");
    packages.binary(2, 10);
    write(log, "prediction-log.records", "false");
    lines = Files.readAllLines(log).size();
    assertThat(lines).isGreaterThan(10 * RECORDS);
  }

  private static void write(Path log, String... settings) throws Exception {
    List<String> models =
        List.of("parcel-late", "parcel-class", "priors", "claims", "floats", "hostile").stream()
            .map(name -> store.resolve(name).toString())
            .toList();
    Map<String, String> all =
        Map.of(
            "prediction-log.file",
            "\"" + log + "\"",
            "records.unknown-fields",
            "ignore",
            settings[0],
            settings[1]);
    try (RunningServer serving = RunningServer.start(models, all);
        Client client = new Client(serving.port())) {
      ask(client);
    }
  }

  private static void ask(Client client) throws IOException {
    List<String> records = TestPackages.records(RECORDS);
    String list = "[" + String.join(",", records) + "]";
    StringBuilder csv = new StringBuilder(TestRecords.csvHeader() + "\n");
    for (int row = 0; row < RECORDS; row++) {
      csv.append(TestRecords.csvLine(row)).append('\n');
    }

    for (String record : records.subList(0, 10)) {
      ok(client.post(LATE + "score", record));
      ok(client.post(LATE + "score?reasons=2", record));
      ok(client.post("/v1/models/parcel-class/score", record));
    }

    ok(client.post(LATE + "score-batch", list));
    ok(send(client, LATE + "score-batch", String.join("\n", records), "application/x-ndjson"));
    ok(send(client, LATE + "score-batch", csv.toString(), "text/csv"));
    ok(client.post("/invocations", "{\"dataframe_records\":" + list + "}"));
    ok(send(client, "/invocations", csv.toString(), "text/csv"));
    ok(
        client.post(
            "/v2/models/parcel-late/infer",
            "{\"inputs\":[{\"name\":\"weight\",\"shape\":[3],\"datatype\":\"FP64\",\"data\":[1,0.1,2e-3]},"
                + "{\"name\":\"carrier\",\"shape\":[3],\"datatype\":\"BYTES\",\"data\":[\"AA\",\"Zürich Post\",\"none\"]}]}"));
    ok(
        client.post(
            "/v2/models/floats/infer",
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[2,6],\"datatype\":\"FP32\","
                + "\"data\":[1,0.1,-0.0,-99,1e-44,7, 16777217,1,3.4e38,0,5,-1]}]}"));
    for (String record :
        List.of(
            "{\"weight\":1e2,\"distance\":-0.0,\"express\":1,\"zone\":7.0,\"other\":[1,{\"a\":2}]}",
            "{\"weight\":123456789.123456789,\"carrier\":\"Z\\u00fcrich Post\",\"zone\":null}",
            "{\"weight\":4.9e-324,\"express\":false,\"departure\":\"1969-12-31T23:59:59.999+14:00\"}",
            "{\"weight\":0.1000000000000000055511151231257827,\"distance\":-999}")) {
      ok(client.post(LATE + "score", record));
    }

    for (String record :
        List.of(
            "{\"weight\":1e400}",
            "{\"weight\":\"1\"}",
            "{\"weight\":1,\"weight\":1}",
            "{\"weight\":{}}",
            "{\"zone\":11,\"distance\":-1,\"express\":2,\"departure\":\"x\"}",
            "{}")) {
      assertThat(client.post(LATE + "score", record).status()).as(record).isEqualTo(400);
    }

    ok(client.post(LATE + "score-batch", "[{},{\"weight\":1},{\"zone\":\"\\u00fc\"},7]"));
    String faulty = TestRecords.csvHeader() + "\n,x,,,11,\n1,1,,,7,\n";
    ok(send(client, LATE + "score-batch", faulty, "text/csv"));

    ok(client.post("/v1/models/priors/score", "{\"f0\":1,\"prior_0\":0.5,\"second prior\":-1}"));
    ok(client.post("/v1/models/claims/score", "{\"f0\":1,\"f1\":0.5,\"log_exposure\":200}"));
    ok(client.post("/v1/models/claims/score", "{\"f0\":1,\"f1\":0.5,\"log_exposure\":-1e-3}"));
    ok(client.post("/v1/models/hostile/score", "{\"kind\":\"" + "z".repeat(4_096) + "\"}"));
  }

  private static Answer send(Client client, String path, String body, String type)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return client.send("POST", path, bytes, "Content-Type: " + type + "\r\n");
  }

  private static void ok(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  /**
   * How a replay has ended.
   *
   * @param text of both outputs
   */
  private record Ended(int exitCode, String text) {}

  private static Ended replay(Object... arguments) {
    List<String> all = new ArrayList<>(List.of("replay", "--store", store.toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(all::add);
    StringWriter out = new StringWriter();
    PrintWriter both = new PrintWriter(out);
    int exitCode = ReplayMain.run(both, both, all.toArray(String[]::new));
    return new Ended(exitCode, out.toString());
  }

  private Path changed(UnaryOperator<String> change) throws IOException {
    return Files.writeString(own.resolve("changed.jsonl"), change.apply(Files.readString(log)));
  }

  @Test
  void everyLineOfEachProtocolIsTheSame() throws Exception {
    Ended ended = replay("--log", log, "--format", "json");

    assertThat(ended.exitCode()).as(ended.text()).isZero();
    assertThat(SealedJson.isWhole(ended.text().getBytes(StandardCharsets.UTF_8))).isTrue();
    Map<String, Object> evidence = JsonTree.object(ended.text());
    assertThat(evidence)
        .containsEntry("result", "same")
        .containsEntry("lines", String.valueOf(lines));
    Map<?, ?> late = version((List<?>) evidence.get("versions"), "parcel-late/1");
    assertThat(late.get("refused")).isEqualTo(String.valueOf(REFUSED));
    assertThat(number(late, "same")).isEqualTo(number(late, "lines") - REFUSED);
    String kept = JsonTree.at(evidence, "versions").toString();
    assertThat(kept).contains("parcel-late/1", "parcel-late/2", "parcel-class/1", "hostile/1");
    assertThat(Files.readString(log)).contains("\"record\":{", "\"cells\":{");
    assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("\"record\":{")))
        .hasSizeGreaterThan(2 * RECORDS);
  }

  @Test
  void aRecordHasTheValuesAsTheyWereGivenAndNoUnknownField() throws Exception {
    assertThat(Files.readString(log))
        .contains(
            "\"record\":{\"distance\":-0.0,\"weight\":1e2,\"express\":1,\"zone\":7.0}",
            "\"weight\":0.1000000000000000055511151231257827}",
            "\"carrier\":\"Zürich Post\"")
        .doesNotContain("other");
  }

  /** Only the first match in the first line that has one is changed: the features come first. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "(\"score\":0\\.[0-9]*)[0-8],;$19,;score",
        "\"margin\":-?;\"margin\":9;margin",
        "\"label\":\"late\";\"label\":\"on_time\";label",
        "\"weight\":0;\"weight\":1;weight",
        "\"weight\":0[^,]*;\"weight\":1e400;weight",
        "\"weight\":0[^,]*;\"weight\":\"text\";weight",
        "\"carrier\":\"AA\";\"carrier\":\"XX\";carrier",
        "\"express\":true;\"express\":1;express",
        "\"zone\":7;\"zone\":8;zone",
        "\"record\":\\{\"distance\":1;\"record\":{\"distance\":2;distance",
        "\"record\":\\{;\"record\":{\"weight\":1,;weight",
        "\"record\":\\{\"distance\":;\"record\":{\"weight\":;weight",
        "\"cells\":\\{\"distance\":\"1;\"cells\":{\"distance\":\"2;distance"
      })
  void whateverIsChangedInALineIsNamedWithItsPlace(String text, String other, String column)
      throws Exception {
    Pattern changed = Pattern.compile(text);
    List<String> late =
        Files.readAllLines(log).stream().filter(line -> line.contains("parcel-late/1")).toList();
    String line =
        late.stream().filter(any -> changed.matcher(any).find()).findFirst().orElseThrow();
    List<String> some = List.of(late.get(0), changed.matcher(line).replaceFirst(other));
    Path file = Files.write(own.resolve("changed.jsonl"), some);

    Ended ended = replay("--log", file);

    assertThat(ended.exitCode()).as(ended.text()).isEqualTo(7);
    String id = (String) JsonTree.object(line).get("request_id");
    assertThat(ended.text())
        .contains("differs: 1 of 2 lines", "changed.jsonl line 2, request %s row".formatted(id))
        .contains(": " + column + " ", "is logged", "scored again", "Differs: parcel-late/1\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"row\":;\"weight\":1,\"row\":;it has weight twice",
        "\"weight\":;\"weight\":[1],\"x\":;a value is expected",
        "\"score\":;\"score\":true,\"x\":;a number is expected",
        "\"record\":;\"record\":1,\"x\":;a record is expected",
        "\"model_digest\":\"...;\"model_digest\":\"XYZ;its model_digest is no SHA-256"
      })
  void aLineThatNoServerWritesIsNamed(String text, String other, String why) throws Exception {
    String line = Files.readAllLines(log).get(0);
    List<String> some = List.of(line.replaceFirst(text, other), line);

    Ended ended = replay("--log", Files.write(own.resolve("changed.jsonl"), some), "--strict");

    assertThat(ended.exitCode()).as(ended.text()).isEqualTo(3);
    assertThat(ended.text()).contains("changed.jsonl line 1: " + why);
  }

  /** Each line still has the bits of the version that it names no more. */
  @ParameterizedTest
  @CsvSource({
    "parcel-late/1\",parcel-late/2\",is another one than parcel-late/2 with the digest",
    "claims/1\",claims/7\",4 lines lack the model claims/7 with the digest",
    "\"model_digest\":\"...,\"model_digest\":\"000,is another one than parcel-late/1 with the digest 000",
    "\"model_version\":\"claims/1\",\"model_version\":\"../claims\",4 lines cannot be read"
  })
  void anotherVersionOrDigestInTheLinesIsNoProof(String text, String other, String found)
      throws Exception {
    Path file = changed(all -> all.replaceAll(text, other));

    Ended ended = replay("--log", file, "--strict");

    assertThat(ended.exitCode()).as(ended.text()).isIn(3, 7);
    assertThat(ended.text()).contains(found);
  }

  @Test
  void packedFilesACutLineAndOtherLinesAreCountedAndTheRestIsReplayed() throws Exception {
    List<String> all = Files.readAllLines(log);
    Path logs = Files.createDirectory(own.resolve("logs"));
    Path packed = logs.resolve("predictions.jsonl.20261124T000000000Z-0.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write((String.join("\n", all.subList(0, 300)) + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    String rest = String.join("\n", all.subList(300, lines)) + "\n[1]\n";
    Files.writeString(logs.resolve("predictions.jsonl"), rest + all.get(0).substring(0, 200));

    Ended ended = replay("--log", logs);
    Ended strict = replay("--log", logs, "--strict");

    assertThat(ended.exitCode()).as(ended.text()).isZero();
    assertThat(ended.text())
        .contains("Replay of %s lines in 2 files".formatted(lines + 2))
        .contains("2 lines cannot be read")
        .contains("predictions.jsonl line %s: ".formatted(lines - 300 + 1));
    assertThat(strict.exitCode()).isEqualTo(3);
    assertThat(strict.text()).contains("Not proved: 2 lines that cannot be read");
  }

  @Test
  void aPackedFileThatIsCutIsReplayedAsFarAsItGoes() throws Exception {
    Path packed = own.resolve("predictions.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(Files.readAllBytes(log));
    }

    byte[] bytes = Files.readAllBytes(packed);
    Files.write(packed, Arrays.copyOf(bytes, bytes.length / 2));

    Ended ended = replay("--log", packed, "--strict");

    assertThat(ended.exitCode()).as(ended.text()).isEqualTo(3);
    assertThat(ended.text()).contains("its packed bytes are cut", "parcel-late/1", "  same");
  }

  /** Each batch is of one version, and each of its lines names that one. */
  @Test
  void aServerThatIsReloadedWhileItScoresLogsWhatEachRowWasScoredBy() throws Exception {
    TestPackages packages = new TestPackages(own.resolve("models"));
    packages.binary(1, 20);
    Path reloaded = own.resolve("predictions.jsonl");
    String list = "[" + String.join(",", TestPackages.records(600)) + "]"; // more than two blocks
    AtomicBoolean isEnding = new AtomicBoolean();
    try (RunningServer serving =
            RunningServer.start(
                List.of(packages.store().resolve("parcel-late").toString()),
                Map.of(
                    "prediction-log.file",
                    "\"" + reloaded + "\"",
                    "prediction-log.records",
                    "true",
                    "models.poll",
                    "50 ms"));
        Client other = new Client(serving.port())) {
      ok(other.post(LATE + "score", "{\"weight\":1}"));
      CompletableFuture<Void> caller =
          CompletableFuture.runAsync(
              () -> {
                try (Client client = new Client(serving.port())) {
                  do {
                    ok(client.post(LATE + "score-batch", list));
                  } while (!isEnding.get());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      for (int version = 2; version <= 3; version++) {
        packages.binary(version, 20 - version);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!other.post(LATE + "score", "{\"weight\":1}").body().contains("late/" + version)) {
          assertThat(System.nanoTime()).isLessThan(end);
          LockSupport.parkNanos(1_000_000);
        }
      }

      isEnding.set(true);
      caller.get(60, TimeUnit.SECONDS);
    }

    StringWriter out = new StringWriter();
    PrintWriter both = new PrintWriter(out);
    String models = packages.store().toString();
    int exitCode =
        ReplayMain.run(
            both, both, "replay", "--log", reloaded.toString(), "--store", models, "--strict");

    assertThat(exitCode).as(out.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("late/1 +[0-9]+  same\n.*late/2 .*  same\n.*late/3 .*  same\n$");
  }

  @Test
  void fieldsThatAreLeftOutAreNowhereAndTheirLinesAreNoDifference() throws Exception {
    Path redacted = own.resolve("predictions.jsonl");
    Map<String, String> settings =
        Map.of(
            "prediction-log.file", "\"" + redacted + "\"",
            "prediction-log.records", "true",
            "prediction-log.redact", "[departure, weight]");
    List<String> models =
        List.of(store.resolve("parcel-late").toString(), store.resolve("claims").toString());
    try (RunningServer serving = RunningServer.start(models, settings);
        Client client = new Client(serving.port())) {
      ok(client.post(LATE + "score", TestRecords.json(0)));
      ok(client.post("/v1/models/claims/score", "{\"f0\":1,\"f1\":0.5,\"log_exposure\":2}"));
    }

    Ended ended = replay("--log", redacted);
    Ended strict = replay("--log", redacted, "--strict");

    assertThat(Files.readString(redacted))
        .doesNotContain("weight", "departure", "hour", "day_of_week")
        .contains("\"carrier\":", "\"record\":{");
    assertThat(ended.exitCode()).as(ended.text()).isZero();
    assertThat(ended.text())
        .contains("1 lines lack values that are left out: weight, departure")
        .contains("not replayable")
        .containsPattern("claims/1 +1  same");
    assertThat(strict.exitCode()).isEqualTo(3);
  }

  @Test
  void aVersionThatIsNotThereIsMissingAndOneThatWasReplacedDiffers() throws Exception {
    TestPackages others = new TestPackages(own.resolve("models"));
    others.binary(1, 19);
    StringWriter out = new StringWriter();
    PrintWriter both = new PrintWriter(out);

    int exitCode =
        ReplayMain.run(
            both,
            both,
            "replay",
            "--log",
            log.toString(),
            "--store",
            others.store().toString(),
            "--json",
            own.resolve("none/replay.json").toString());

    assertThat(exitCode).as(out.toString()).isEqualTo(7);
    assertThat(out.toString())
        .contains("The evidence was not written: java.nio.file.NoSuchFileException")
        .contains("is another one than parcel-late/1 with the digest")
        .containsPattern("claims/1 +[0-9]+  not replayable")
        .containsPattern("lines lack the model claims/1 with the digest [0-9a-f]{12}: there is no ")
        .contains("Differs: parcel-late/1\n");
  }

  private static long number(Object tree, String path) {
    return Long.parseLong(String.valueOf(JsonTree.at(tree, path)));
  }

  private static Map<?, ?> version(List<?> versions, String name) {
    return versions.stream()
        .map(version -> (Map<?, ?>) version)
        .filter(version -> name.equals(version.get("version")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsNoPredictionLogIsRefused() throws Exception {
    Path requests =
        Files.writeString(own.resolve("requests.jsonl"), "{\"status\":200}\n".repeat(9));
    Path empty = Files.writeString(own.resolve("empty.jsonl"), "\n");

    Ended ended = replay("--log", requests);
    assertThat(ended.exitCode()).isEqualTo(3);
    assertThat(ended.text())
        .startsWith(
            "Cannot replay this: 9 of 9 lines are none of a prediction log, such as %s line 1: it names no version of a model, at column "
                .formatted(requests));
    assertThat(replay("--log", empty).exitCode()).isEqualTo(3);
    assertThat(replay("--log", own.resolve("none")).text()).contains("Cannot find the log");
    assertThat(replay("--log", log, log).text()).contains("name each file of the log once");
    assertThat(replay().exitCode()).isEqualTo(2);
    assertThat(replay("--model", own, "--log", log).exitCode()).isEqualTo(2);
  }
}
