package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.Seed;
import io.paritree.json.SealedJson;
import io.paritree.model.EngineKind;
import io.paritree.model.FailingModels;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.command.ModelMain;
import io.paritree.spark.score.OpenModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Challengers score the rows of a run, too, and are compared; they never harm it. */
class ChallengersTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS = 2_000;
  private static final int BAD = 10;

  /** How many runs have a challenger that cannot be compared; {@code -Dparitree.challengers=50}. */
  private static final int HARMLESS = Integer.getInteger("paritree.challengers", 5);

  @TempDir Path directory;

  private TestPackages packages;
  private Path champion;
  private Path input;
  private Map<Long, Integer> expected;

  @BeforeEach
  void write() {
    packages = new TestPackages(directory.resolve("store"));
    champion = packages.binary(1, 20);
    input = Parcels.write(directory.resolve("in"), 0, ROWS, ROWS / BAD, 3);
  }

  private Map<Long, Integer> scores(Path model) throws IOException {
    Path alone = Files.createTempDirectory(directory, "alone").resolve("out");
    JobRun run = JobRun.ofParcels(model, input, alone);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Scores.of(alone);
  }

  private JobRun run(String name, Object... more) {
    return JobRun.ofParcels(champion, input, directory.resolve(name), more);
  }

  /** Returns the files of the only run of an output. */
  private Path ended(String name) throws IOException {
    Path runs = directory.resolve("_paritree").resolve(name).resolve("runs");
    try (Stream<Path> all = Files.list(runs)) {
      List<Path> directories = all.toList();
      assertThat(directories).hasSize(1);
      return directories.get(0);
    }
  }

  private JsonNode json(String name, String file) throws IOException {
    return JSON.readTree(Files.readAllBytes(ended(name).resolve(file)));
  }

  private JsonNode reported(String name) throws IOException {
    return json(name, "report.json").at("/challengers/0");
  }

  @Test
  void theComparisonIsWhatRunsOfBothModelsSayAndIsEvidenceForAPromotion() throws Exception {
    Path challenger = packages.binary(2, 30);
    Map<Long, Integer> before = scores(champion);
    Map<Long, Integer> now = scores(challenger);
    Path metrics = directory.resolve("metrics.prom");
    Path conf =
        Files.writeString(
            directory.resolve("job.conf"), "scoring-job.metrics-file = \"%s\"".formatted(metrics));

    JobRun run = run("out", "--challenger", "next=" + challenger, "--conf", conf);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out"))).isEqualTo(before);
    assertThat(ScoringJobTest.read(directory.resolve("out")).columns())
        .containsExactly("parcel_id", "score", "label", "model_version");
    Path file = ended("out").resolve("comparison-next.json");
    assertThat(SealedJson.isWhole(Files.readAllBytes(file))).isTrue();
    JsonNode compared = JSON.readTree(Files.readAllBytes(file));
    assertThat(compared.at("/kind").asText()).isEqualTo("challenger");
    assertThat(compared.at("/champion/version").asText()).isEqualTo("parcel-late/1");
    assertThat(compared.at("/challenger/version").asText()).isEqualTo("parcel-late/2");
    assertIsRecount(compared, before, now);
    assertThat(compared.at("/data/neither").asLong()).isEqualTo(BAD);
    assertThat(reported("out").get("comparison").asText()).isEqualTo("comparison-next.json");
    assertThat(reported("out").get("digest")).isEqualTo(compared.at("/challenger/digest"));
    assertThat(run.out()).contains("  challenger next, parcel-late/2: 1,990 rows by both, flips");
    assertThat(Files.readString(metrics))
        .contains(
            "paritree_job_challenger_compared{challenger=\"next\",",
            "{challenger=\"next\",kind=\"both\",output=\"%s\"} 1990.0\n"
                .formatted(directory.resolve("out")));
    List<String> events = Files.readAllLines(ended("out").resolve("lineage.jsonl"));
    events.forEach(LineageTest::assertValid);
    assertThat(
            JSON.readTree(events.get(1))
                .at("/run/facets/paritree_challengers/challengers/0/digest"))
        .isEqualTo(compared.at("/challenger/digest"));

    model(
        0,
        "alias",
        "--store",
        packages.store(),
        "--name",
        "parcel-late",
        "--alias",
        "live",
        "--version",
        1);
    promote(0, file, "data.rows >= 1990");
    promote(8, file, "data.rows >= 1990"); // the alias names another version now
  }

  private void assertIsRecount(
      JsonNode compared, Map<Long, Integer> before, Map<Long, Integer> now) {
    double largest = 0;
    long key = -1;
    int flips = 0;
    int equal = 0;
    for (Map.Entry<Long, Integer> row : before.entrySet()) {
      float one = Float.intBitsToFloat(row.getValue());
      float other = Float.intBitsToFloat(now.get(row.getKey()));
      double distance = (float) Math.abs((double) other - one);
      key = distance > largest ? row.getKey() : key;
      largest = Math.max(largest, distance);
      flips += one > 0.25f != other > 0.25f ? 1 : 0;
      equal += row.getValue().equals(now.get(row.getKey())) ? 1 : 0;
    }

    assertThat(compared.at("/data/rows").asLong()).isEqualTo(before.size());
    assertThat(compared.at("/data/equal_bits").asLong()).isEqualTo(equal);
    assertThat(compared.at("/data/flips/rows").asLong()).isEqualTo(flips).isPositive();
    assertThat(compared.at("/data/difference/max").asDouble()).isEqualTo(largest);
    assertThat(compared.at("/data/champion_mean").asDouble())
        .isCloseTo(
            before.values().stream().mapToDouble(Float::intBitsToFloat).average().orElseThrow(),
            within(1e-9));
    assertThat(compared.at("/movers")).hasSize(20);
    assertThat(compared.at("/movers/0/key/parcel_id").asText()).isEqualTo(String.valueOf(key));
    assertThat(compared.at("/movers/0/fields")).hasSize(4);
  }

  private void promote(int exitCode, Path evidence, String rule) {
    model(
        exitCode,
        "promote",
        "--store",
        packages.store(),
        "--name",
        "parcel-late",
        "--to",
        "live",
        "--version",
        2,
        "--evidence",
        evidence,
        "--require",
        rule);
  }

  private static void model(int exitCode, Object... arguments) {
    StringWriter out = new StringWriter();
    String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    assertThat(ModelMain.run(new PrintWriter(out, true), new PrintWriter(out, true), texts))
        .as("%s", out)
        .isEqualTo(exitCode);
  }

  @Test
  void aChallengerMayReadOtherColumnsAndRefuseOtherRows() throws Exception {
    byte[] trees = TestPackages.wideModel(3, 9, 3);
    String schema =
        """
        {"features": [{"name": "f0", "type": "number"}, {"name": "f1", "type": "number"},
          {"name": "f2", "type": "number"%s}]}""";
    champion = packages.sealNumbers("numbers", 1, trees, schema.formatted(""));
    Path challenger =
        packages.sealNumbers(
            "numbers", 2, trees, schema.formatted(", \"column\": \"way\", \"max\": 30"));
    input = directory.resolve("numbers");
    TestSpark.session()
        .range(ROWS)
        .selectExpr(
            "id AS parcel_id",
            "if(id = 7, double('Infinity'), double(hash(id) % 100)) AS f0",
            "hash(id, 1) % 100 AS f1",
            "hash(id, 2) % 100 AS f2",
            "hash(id, 2) % 100 AS way")
        .selectExpr("parcel_id", "f0", "f1", "f2", "way")
        .write()
        .parquet(input.toString());
    long refused =
        TestSpark.session()
            .read()
            .parquet(input.toString())
            .filter("way > 30 and parcel_id <> 7")
            .count();

    JobRun run = run("out", "--challenger", "other=" + challenger);

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode data = json("out", "comparison-other.json").get("data");
    assertThat(refused).isPositive();
    assertThat(data.get("only_champion").asLong()).isEqualTo(refused);
    assertThat(data.get("rows").asLong()).isEqualTo(ROWS - 1 - refused);
    assertThat(data.get("neither").asLong()).isEqualTo(1); // of the field of both
    assertThat(data.get("equal_bits")).isEqualTo(data.get("rows")); // the same trees
    assertThat(data.at("/refused/0/field").asText()).isEqualTo("way");
    assertThat(json("out", "comparison-other.json").at("/contract/tables").asText())
        .isEqualTo("breaking");
    Path quarantine = ended("out").resolve("quarantine");
    assertThat(TestSpark.session().read().parquet(quarantine.toString()).columns())
        .contains("f2", "_codes")
        .doesNotContain("way");
  }

  @Test
  void columnsOfChallengersAreWhatTheirOwnRunsPublish() throws Exception {
    Path challenger = packages.binary(2, 30);
    Map<Long, Integer> now = scores(challenger);
    ScoringModel failing = Opening.open(packages.binary(3, 5).toString(), EngineKind.FOREST);
    ScoringModel held = FailingModels.after(0, failing, new IllegalStateException());
    OpenModels.remember(held, EngineKind.FOREST);
    Object[] options = {
      "--challenger",
      "next=" + challenger,
      "--challenger",
      "bad=" + packages.store().resolve("parcel-late/3"),
      "--challenger-columns",
      "--reasons",
      2
    };

    JobRun run = run("out", options);

    assertThat(run.exitCode()).as(run.err() + held).isZero();
    Dataset<Row> rows = ScoringJobTest.read(directory.resolve("out"));
    assertThat(rows.columns())
        .containsExactly(
            "parcel_id",
            "score",
            "label",
            "reasons",
            "reasons_base",
            "reasons_rest",
            "score_next",
            "label_next",
            "model_version_next",
            "score_bad",
            "label_bad",
            "model_version_bad",
            "model_version");
    assertThat(Scores.of(rows.selectExpr("parcel_id", "score_next AS score"))).isEqualTo(now);
    assertThat(rows.filter("label_next = if(score_next > 0.25, 'late', 'on_time')").count())
        .isEqualTo(ROWS - BAD);
    assertThat(rows.filter("model_version_next = 'parcel-late/2'").count()).isEqualTo(ROWS - BAD);
    assertThat(rows.filter("score_bad is null and model_version_bad is null").count())
        .isEqualTo(ROWS - BAD);
    assertThat(rows.filter("size(reasons) = 2").count()).isEqualTo(ROWS - BAD);
    assertThat(run("out", options).out()).contains("already published, nothing to do");
    JobRun audit =
        JobRun.ofAudit("--output", directory.resolve("out"), "--model", packages.store());
    assertThat(audit.out())
        .contains("proved, but for columns [reasons, reasons_base, reasons_rest, score_next, ");
    JobRun other = run("out", "--challenger", "next=" + champion, "--challenger-columns");
    assertThat(other.out()).contains(": published\n");
  }

  @Test
  void aChallengerThatIsGoneIsNullInATableThatHasItsColumns() throws Exception {
    Path table = directory.resolve("scores of both");
    Object[] usual = {"--model", champion, "--input", input, "--keys", "parcel_id"};
    Object[] to = {"--table", table, "--create-table", "--challenger-columns"};
    Object[] max = {"--max-quarantined", "1"};
    Path gone = directory.resolve("gone");
    JobRun both = JobRun.of(all(usual, to, max, "--challenger", "next=" + packages.binary(2, 30)));
    assertThat(both.exitCode()).as(both.err()).isZero();

    JobRun without = JobRun.of(all(usual, to, max, "--challenger", "next=" + gone));
    JobRun required =
        JobRun.of(all(usual, to, max, "--challenger", "next=" + gone, "--challenger-required"));
    usual[1] = packages.binary(4, 10);
    JobRun other = JobRun.of(all(usual, to, max, "--challenger", "other=" + gone));

    assertThat(without.exitCode()).as(without.err()).isZero();
    Dataset<Row> rows = TestSpark.session().read().format("delta").load(table.toString());
    assertThat(Scores.of(rows)).isEqualTo(scores(champion));
    assertThat(rows.filter("score_next is null and label_next is null").count())
        .isEqualTo(rows.count());
    assertThat(required.exitCode()).isEqualTo(6);
    assertThat(other.exitCode()).isEqualTo(3);
    assertThat(other.err())
        .contains("has the columns [label_next, model_version_next, score_next], which this run");
  }

  private static Object[] all(Object[] one, Object[] two, Object[] three, Object... more) {
    return Stream.of(one, two, three, more).flatMap(Stream::of).toArray();
  }

  @Test
  void aChallengerWithTheNameOfAnOutputIsRefusedWhereItHasColumns() {
    champion = packages.classes();

    JobRun run =
        run("out", "--challenger", "small=" + packages.binary(2, 30), "--challenger-columns");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("column 'score_small' would be written twice");
  }

  @Test
  void aPartitionWithoutAnyFileIsComparedAsOneWithoutRows() throws Exception {
    input = directory.resolve("nights");
    Parcels.write(input.resolve("day=2026-01-01"), 0, 5, 0, 1);
    Files.createDirectory(input.resolve("day=2026-01-02"));

    JobRun run =
        run(
            "out",
            "--partition",
            "day=2026-01-02",
            "--challenger",
            "next=" + packages.binary(2, 30),
            "--challenger-required");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(reported("out").has("left_out")).isFalse();
    assertThat(json("out", "comparison-next.json").at("/data/rows").asInt()).isZero();
  }

  @Test
  void eightChallengersAreComparedInOnePassOverATable() throws Exception {
    List<Object> more = new ArrayList<>(List.of("--create-table"));
    for (int one = 0; one < 8; one++) {
      more.addAll(
          List.of(
              "--challenger",
              "c%s=%s".formatted(one, one == 0 ? champion : packages.binary(2 + one, 10 + one))));
    }

    List<Object> all =
        new ArrayList<>(
            List.of(
                "--model",
                champion,
                "--input",
                input,
                "--table",
                directory.resolve("out"),
                "--keys",
                "parcel_id"));
    all.addAll(more);
    JobRun run = JobRun.of(all.toArray());

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode challengers = json("out", "report.json").get("challengers");
    assertThat(challengers).hasSize(8);
    assertThat(challengers.findValuesAsText("name")).startsWith("c0", "c1");
    assertThat(json("out", "comparison-c0.json").at("/data/equal_bits").asInt())
        .isEqualTo(ROWS - BAD);
    assertThat(json("out", "comparison-c7.json").at("/data/rows").asInt()).isEqualTo(ROWS - BAD);
  }

  @Test
  void aChallengerThatCannotBeComparedChangesNothing() throws Exception {
    expected = scores(champion);
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int trial = 0; trial < HARMLESS; trial++) {
      Harm harm = Harm.values()[trial % Harm.values().length];
      String name = "out-" + trial;
      Object held = new Object();
      String reference = directory.resolve("nowhere").toString();
      switch (harm) {
        case ABSENT -> {}
        case CORRUPT -> reference = damaged(trial, random).toString();
        case OF_OTHER_COLUMNS -> reference = packages.wide("wide" + trial, 3, 2, 2).toString();
        case FAILING, FAILING_BADLY -> {
          Path failing = packages.binary(100 + trial, 5 + trial);
          ScoringModel opened = Opening.open(failing.toString(), EngineKind.FOREST);
          Throwable failure =
              harm == Harm.FAILING
                  ? new IllegalStateException("This challenger always fails")
                  : new AssertionError("This challenger is wrong");
          held = FailingModels.after(random.nextInt(3), opened, failure);
          OpenModels.remember((ScoringModel) held, EngineKind.FOREST);
          reference = failing.toString();
        }
      }

      JobRun run = run(name, "--challenger", "bad=" + reference);

      assertThat(run.exitCode()).as("%s, seed %s: %s", harm, seed, run.err()).isZero();
      assertThat(Scores.of(directory.resolve(name))).as("%s", harm).isEqualTo(expected);
      assertThat(reported(name).get("left_out").asText()).as("%s", held).contains(harm.why);
      assertThat(run.out()).contains("  challenger bad was left out: ");
      assertThat(ended(name).resolve("comparison-bad.json")).doesNotExist();
      JobRun required =
          run(name + "r", "--challenger", "bad=" + reference, "--challenger-required");
      assertThat(required.exitCode()).as(required.err()).isEqualTo(6);
      assertThat(required.err()).contains("Cannot score with all challengers", harm.why);
      assertThat(directory.resolve(name + "r")).doesNotExist();
    }
  }

  @Test
  void whatFailsWithoutAChallengerIsNotLaidToIt() throws Exception {
    ScoringModel opened = Opening.open(packages.binary(60, 6).toString(), EngineKind.FOREST);
    ScoringModel failing =
        FailingModels.after(1, opened, new IllegalStateException("The champion has failed"));
    OpenModels.remember(failing, EngineKind.FOREST);

    JobRun run =
        JobRun.ofParcels(
            packages.store().resolve("parcel-late/60"),
            input,
            directory.resolve("out"),
            "--challenger",
            "next=" + champion,
            "--challenger-required");

    assertThat(run.exitCode()).as("%s%s", run.err(), failing).isEqualTo(1);
    assertThat(run.err()).contains("The champion has failed").doesNotContain("challenger");
  }

  private enum Harm {
    ABSENT("nowhere"),
    CORRUPT("Cannot open "),
    OF_OTHER_COLUMNS("column 'f0', which the model reads, is not in"),
    FAILING("This challenger always fails"),
    FAILING_BADLY("This challenger is wrong");

    final String why;

    Harm(String why) {
      this.why = why;
    }
  }

  private Path damaged(int trial, Random random) throws IOException {
    Path whole = packages.binary(50 + trial, 4);
    Path file = whole.resolve("model.ubj");
    byte[] bytes = Files.readAllBytes(file);
    bytes[random.nextInt(bytes.length)] ^= 4;
    Files.write(file, bytes);
    return whole;
  }
}
