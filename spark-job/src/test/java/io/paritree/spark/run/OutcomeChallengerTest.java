package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.paritree.model.TestPackages;
import io.paritree.model.command.ModelMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another model is measured on the rows that both have scored, also where a partition is null. */
class OutcomeChallengerTest {
  private static final int ROWS = 150;
  private static final int DAYS = 2;
  private static final int RESAMPLES = 200;
  private static final String FIRST = "day=2026-01-01";

  @TempDir static Path directory;

  private static Path input;
  private static Path output;
  private static Path model;
  private static Path stored;
  private static Path all;
  private static Path labels;
  private static final List<Scored> BOTH = new ArrayList<>();

  /** A row with the scores of both models, what came, and the hash of its key. */
  private record Scored(float score, float other, boolean isLate, long unit) {}

  @BeforeAll
  static void scoreWithBoth() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("models"));
    Path champion = packages.binary(1, 3);
    model = packages.binary(2, 30);
    input = directory.resolve("in");
    Path less = directory.resolve("less");
    for (int day = 0; day < DAYS; day++) {
      String hub = day == 0 ? "__HIVE_DEFAULT_PARTITION__" : "north";
      String name = "day=2026-01-0%s/hub=%s".formatted(day + 1, hub);
      Parcels.write(input.resolve(name), day * ROWS, (day + 1) * ROWS, 0, 2);
      Parcels.write(less.resolve(name), day * ROWS, (day + 1) * ROWS - 20, 0, 1);
    }

    output = published(champion, input, "out");
    stored = published(model, less, "challenger");
    Map<Long, Float> others = new TreeMap<>();
    all = published(model, input, "all");
    rows("all").forEach(row -> others.put(row.getAs("parcel_id"), row.getAs("score")));
    Random random = new Random(20261129);
    StringBuilder text = new StringBuilder("parcel_id,late,known\n");
    for (Row row : rows("out")) {
      long key = row.getAs("parcel_id");
      boolean isLate = random.nextFloat() < others.get(key);
      if (key % 4 != 0) {
        text.append("%s,%s,2026-01-20\n".formatted(key, isLate));
        BOTH.add(new Scored(row.getAs("score"), others.get(key), isLate, row.getAs("unit")));
      }
    }

    labels = Files.writeString(directory.resolve("labels.csv"), text);
  }

  private static Path published(Path model, Path input, String name) {
    Path output = directory.resolve(name);
    JobRun run = JobRun.ofParcels(model, input, output);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return output;
  }

  private static List<Row> rows(String name) {
    return TestSpark.interpreting()
        .read()
        .parquet(directory.resolve(name).toString())
        .selectExpr("*", "xxhash64(cast(parcel_id as string)) unit")
        .orderBy("parcel_id")
        .collectAsList();
  }

  private static JobRun outcomes(Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("--labels", labels, "--label", "late", "--label-time", "known"));
    all.addAll(List.of(more));
    return OutcomesRun.ofParcels(output, all.toArray());
  }

  private static double auc(List<Scored> rows, ToDoubleFunction<Scored> score, int[] times) {
    double ordered = 0;
    double pairs = 0;
    for (int late = 0; late < rows.size(); late++) {
      for (int other = 0; rows.get(late).isLate && other < rows.size(); other++) {
        if (!rows.get(other).isLate) {
          double weight = times[late] * times[other];
          double difference =
              score.applyAsDouble(rows.get(late)) - score.applyAsDouble(rows.get(other));
          ordered += weight * (1 + Math.signum(difference)) / 2;
          pairs += weight;
        }
      }
    }

    return ordered / pairs;
  }

  private static double difference(int[] times) {
    return auc(BOTH, Scored::other, times) - auc(BOTH, Scored::score, times);
  }

  /** Returns how often a resample has each row. */
  private static int[] times(int resample) {
    return BOTH.stream()
        .mapToInt(
            row -> {
              long z = row.unit + (resample + 1) * 0x9E3779B97F4A7C15L;
              z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
              z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
              double left = ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
              double probability = Math.exp(-1);
              int own = 0;
              while (left >= probability) {
                left -= probability;
                probability /= ++own;
              }

              return own;
            })
        .toArray();
  }

  /** Moves a day of the challenger's scores away until anything is listed. */
  private static void takeOneDay() {
    Path away = directory.resolve("away");
    move(all.resolve(FIRST), away);
    WatchedFileSystem.beforeNextList(() -> move(away, all.resolve(FIRST)));
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode comparison(Path json) throws IOException {
    return OutcomesRun.report(json).get("comparison");
  }

  @Test
  void bothModelsAreMeasuredOnTheSameRowsThoughOneIsPublishedAgainMeanwhile() throws Exception {
    Path json = directory.resolve("both.json");

    OneCall oneCall = OneCall.in(directory);
    // As while a run publishes a partition again: before Spark lists its files, and before it
    // reads.
    WatchedFileSystem.beforeNextListOfFile(
        () -> {
          takeOneDay();
          WatchedFileSystem.beforeNextOpen(OutcomeChallengerTest::takeOneDay);
        });
    JobRun run =
        outcomes(
            "--challenger-output",
            "watched://" + all,
            "--conf",
            oneCall.configuration(),
            "--json",
            json,
            "--require",
            "difference.auc >= 0",
            "--require",
            "difference.auc_low > -1",
            "--require",
            "challenger.brier < 1");

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    oneCall.wasMadeByThisThread();
    JsonNode comparison = comparison(json);
    int[] once = new int[BOTH.size()];
    Arrays.fill(once, 1);
    assertThat(comparison.get("n").asInt()).isEqualTo(BOTH.size());
    assertThat(comparison.get("unscored").asInt()).isZero();
    assertThat(comparison.get("models").get(0).get("version").asText()).isEqualTo("parcel-late/2");
    assertThat(comparison.get("published").get("auc").asDouble())
        .isCloseTo(auc(BOTH, Scored::score, once), within(1e-12));
    assertThat(comparison.get("challenger").get("auc").asDouble())
        .isCloseTo(auc(BOTH, Scored::other, once), within(1e-12));
    assertThat(comparison.get("published")).isEqualTo(OutcomesRun.total(json));
    double[] resampled = new double[RESAMPLES];
    for (int resample = 0; resample < RESAMPLES; resample++) {
      resampled[resample] = difference(times(resample));
    }

    Arrays.sort(resampled);
    JsonNode difference = comparison.get("difference");
    assertThat(difference.get("auc").asDouble()).isCloseTo(difference(once), within(1e-12));
    assertThat(difference.get("auc_interval").get(0).asDouble())
        .isCloseTo(resampled[4] + 0.975 * (resampled[5] - resampled[4]), within(1e-12));
    assertThat(difference.get("auc_interval").get(1).asDouble())
        .isCloseTo(resampled[194] + 0.025 * (resampled[195] - resampled[194]), within(1e-12));
    assertThat(run.out())
        .contains("scored by parcel-late/2 too", "published", "met: difference.auc_low > -1");
    promote(0, json, "challenger.n >= " + BOTH.size(), "difference.auc_low > -1");
    promote(8, json, "challenger.n > " + BOTH.size());
    promote(8, json, "challenger.n > 9", "age.days <= 7"); // labels are of January
  }

  /** Promotes the challenger in place of the published model, and moves back. */
  private static void promote(int exitCode, Path evidence, String... rules) {
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed, true);
    String[] store = {
      "--store", model.getParent().getParent().toString(), "--name", TestPackages.BINARY
    };
    Stream<String> required = Stream.of(rules).flatMap(rule -> Stream.of("--require", rule));
    String[] promotion =
        Stream.of(
                Stream.of("promote", "--version", "2", "--evidence", evidence.toString()),
                Stream.of(store),
                required)
            .flatMap(words -> words)
            .toArray(String[]::new);
    ModelMain.run(out, out, ofAlias(store));
    assertThat(ModelMain.run(out, out, promotion)).as("%s", printed).isEqualTo(exitCode);
  }

  private static String[] ofAlias(String... store) {
    return Stream.concat(Stream.of("alias", "--version", "1"), Stream.of(store))
        .toArray(String[]::new);
  }

  @Test
  void aPartitionColumnOfThePublishedScoresThatTheOthersHaveTooIsJoinedBy() throws Exception {
    Path days = directory.resolve("days");
    for (int day = 1; day <= 2; day++) { // the same keys
      Parcels.write(days.resolve("day=2026-01-0" + day), 0, 40, 0, 1);
    }

    Path both = published(model, days, "of-days");
    Path first =
        published(
            model,
            Parcels.write(days.resolveSibling("first").resolve("day=2026-01-01"), 0, 40, 0, 1)
                .getParent(),
            "of-first");
    Path json = directory.resolve("days.json");
    int labelled = 30; // of 40 keys, and of each day

    for (Path other : List.of(both, first)) {
      List<Object> asked =
          List.of("--labels", labels, "--label", "late", "--challenger-output", other);
      JobRun run =
          OutcomesRun.ofParcels(
              both, Stream.concat(asked.stream(), Stream.of("--json", json)).toArray());

      assertThat(run.exitCode()).as(run.err()).isZero();
      int compared = other == both ? 2 * labelled : labelled;
      assertThat(comparison(json).get("n").asInt()).isEqualTo(compared);
      assertThat(comparison(json).get("unscored").asInt()).isEqualTo(2 * labelled - compared);
    }
  }

  @Test
  void anInputThatSparkReadsByRowsOnlyIsReadAgainByAllThatDoSo() throws Exception {
    Path split = directory.resolve("split");
    TestSpark.interpreting()
        .read()
        .parquet(input.toString())
        .drop("day", "hub")
        .coalesce(1)
        .write()
        .option("parquet.enable.bytestreamsplit", "true")
        .option("parquet.enable.dictionary", "false")
        .parquet(split.toString());
    Path scores = published(model, split, "of-split");

    JobRun audit = JobRun.ofAudit("--output", scores, "--model", model, "--strict");
    JobRun prove =
        JobRun.ofParity(
            "prove", "--model", model, "--input", split, "--ways", "one", "--adversarial", 0);

    assertThat(audit.exitCode()).as(audit.out() + audit.err()).isZero();
    assertThat(prove.exitCode()).as(prove.out() + prove.err()).isZero();
  }

  @Test
  void storedScoresAreMeasuredOnTheRowsThatTheyHave() throws Exception {
    Path json = directory.resolve("stored.json");

    JobRun run =
        outcomes(
            "--challenger-output", stored, "--json", json, "--require", "difference.auc > 0.99");

    assertThat(run.exitCode()).isEqualTo(8);
    assertThat(run.err()).contains("difference.auc > 0.99");
    promote(0, json, "challenger.n >= 100", "difference.auc <= 0.99");
    JsonNode comparison = comparison(json);
    assertThat(comparison.get("unscored").asInt()).isEqualTo(DAYS * 15);
    assertThat(comparison.get("n").asInt()).isEqualTo(BOTH.size() - DAYS * 15);
    assertThat(comparison.get("published").get("n")).isEqualTo(comparison.get("n"));
  }

  @Test
  void rowsWithoutALabelAreComparedWhereTheyAreNegative() throws Exception {
    Path json = directory.resolve("negative.json");

    JobRun run =
        outcomes(
            "--challenger-output",
            all,
            "--unmatched",
            "negative",
            "--horizon",
            "18d",
            "--json",
            json);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(comparison(json).get("n").asInt()).isEqualTo(2 * ROWS);
    assertThat(comparison(json).get("published")).isEqualTo(OutcomesRun.total(json));
  }

  @Test
  void whatCannotBeComparedIsRefusedInASentence() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("more"));
    Path classes = published(packages.classes(), input, "classes");
    Path other = Parcels.write(directory.resolve("others"), 0, 10, 0, 1);
    Path twice = directory.resolve("twice");
    Parcels.write(twice, 0, 10, 0, 1);
    Parcels.write(twice, 5, 15, 0, 1);
    List<List<Object>> wrong =
        List.of(
            List.of("its rows have no labels", "--challenger-output", numbers()),
            List.of("a score for each class", "--challenger-output", classes),
            List.of(
                "several scores of a key, such as 5; 6; 7",
                "--challenger-output",
                published(model, twice, "of-twice")),
            List.of("no published partition", "--challenger-output", other));
    for (List<Object> each : wrong) {
      JobRun run = outcomes(each.subList(1, each.size()).toArray());

      assertThat(run.exitCode()).as("%s: %s", each, run.err()).isEqualTo(3);
      assertThat(run.err()).contains((String) each.get(0));
    }

    JobRun misspelt = outcomes("--challenger-output", stored, "--require", "difference.aucc > 0");
    assertThat(misspelt.exitCode()).isEqualTo(2);
  }

  private static Path numbers() throws Exception {
    TestPackages packages = new TestPackages(directory.resolve("numbers"));
    Path wide = packages.logged("numbers", TestPackages.wideModel(2, 9, 3), "distance", "weight");
    return published(wide, input, "numbered");
  }
}
