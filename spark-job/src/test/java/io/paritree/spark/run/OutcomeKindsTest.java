package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores of classes and of lists are measured by what they are, also beside a challenger's. */
class OutcomeKindsTest {
  private static final int ROWS = 300;
  private static final List<String> CLASSES = List.of("small", "medium", "large");

  @TempDir static Path directory;

  private static TestPackages packages;
  private static Path input;
  private static Path classes;

  @BeforeAll
  static void score() {
    packages = new TestPackages(directory.resolve("models"));
    input = directory.resolve("in");
    Parcels.write(input.resolve("day=2026-01-01"), 0, ROWS, 0, 1);
    Parcels.write(input.resolve("day=2026-01-02"), ROWS, 2 * ROWS, 0, 1);
    Path model = packages.classes();
    classes = published(model, "classes", "--challenger", "next=" + model, "--challenger-columns");
  }

  private static Path published(Path model, String name, Object... more) {
    Path output = directory.resolve(name);
    List<Object> all = new ArrayList<>(List.of("--pass", "carrier"));
    all.addAll(List.of(more));
    JobRun run = JobRun.ofParcels(model, input, output, all.toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    return output;
  }

  private static List<Row> rows(Path output) {
    return TestSpark.interpreting()
        .read()
        .parquet(output.toString())
        .orderBy("parcel_id")
        .collectAsList();
  }

  private static long key(Row row) {
    return row.<Long>getAs("parcel_id");
  }

  /** Writes a label for two of three rows. */
  private static Path labels(String name, List<Row> rows, Function<Row, Object> came)
      throws IOException {
    StringBuilder text = new StringBuilder("parcel_id,came,weight\n");
    for (Row row : rows) {
      if (key(row) % 3 != 0) {
        text.append("%s,%s,%s\n".formatted(key(row), came.apply(row), weight(row)));
      }
    }

    return Files.writeString(directory.resolve(name), text);
  }

  private static List<Row> labelled(List<Row> rows) {
    return rows.stream().filter(row -> key(row) % 3 != 0).toList();
  }

  private static double weight(Row row) {
    return 1 + key(row) % 4;
  }

  private static JobRun outcomes(Path output, Path labels, Object... more) {
    List<Object> all = new ArrayList<>(List.of("--labels", labels, "--label", "came"));
    all.addAll(List.of(more));
    return OutcomesRun.ofParcels(output, all.toArray());
  }

  /** The class that came for a row: the one that was said, or another one. */
  private static String came(Row row) {
    String said = row.getAs("label");
    return key(row) % 5 == 0 ? CLASSES.get((int) (key(row) % 3)) : said;
  }

  @Test
  void classesHaveAccuracyLogLossAreasAndMistakes() throws Exception {
    List<Row> rows = rows(classes);
    Path labels = labels("classes.csv", rows, OutcomeKindsTest::came);
    Path json = directory.resolve("classes.json");

    JobRun run =
        outcomes(
            classes,
            labels,
            "--weight",
            "weight",
            "--by",
            "carrier",
            "--json",
            json,
            "--require",
            "total.accuracy >= 0.5");

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    double weights = 0;
    double right = 0;
    double losses = 0;
    for (Row row : labelled(rows)) {
      weights += weight(row);
      right += came(row).equals(row.getAs("label")) ? weight(row) : 0;
      losses -= weight(row) * Math.log(row.<Float>getAs("score_" + came(row)));
    }

    JsonNode total = OutcomesRun.total(json);
    assertThat(OutcomesRun.report(json).get("kind").asText()).isEqualTo("classes");
    assertThat(total.get("n").asInt()).isEqualTo(labelled(rows).size());
    assertThat(total.get("accuracy").asDouble()).isCloseTo(right / weights, within(1e-12));
    assertThat(total.get("log_loss").asDouble()).isCloseTo(losses / weights, within(1e-12));
    assertThat(total.get("auc").asDouble()).isCloseTo(areas(rows), within(1e-12));
    assertThat(total.get("classes").size()).isEqualTo(3);
    assertThat(total.get("mistakes").size()).isPositive();
    assertThat(run.out()).contains("accuracy", "met: total.accuracy >= 0.5");
    assertThat(matched(json, "partition")).isEqualTo(labelled(rows).size());
    assertThat(matched(json, "segment")).isEqualTo(labelled(rows).size());
    assertThat(coverage(json)).allMatch(share -> share > 0.4 && share < 0.9);
  }

  private static double areas(List<Row> rows) {
    double sum = 0;
    for (String name : CLASSES) {
      double ordered = 0;
      double pairs = 0;
      for (Row own : labelled(rows)) {
        for (Row other : labelled(rows)) {
          if (came(own).equals(name) && !came(other).equals(name)) {
            double weight = weight(own) * weight(other);
            float score = own.getAs("score_" + name);
            ordered += weight * (1 + Math.signum(score - other.<Float>getAs("score_" + name))) / 2;
            pairs += weight;
          }
        }
      }

      sum += ordered / pairs;
    }

    return sum / CLASSES.size();
  }

  private static int matched(Path json, String kind) throws IOException {
    int matched = 0;
    for (JsonNode slice : OutcomesRun.report(json).get("slices")) {
      matched += slice.get("slice").asText().equals(kind) ? slice.get("matched").asInt() : 0;
    }

    return matched;
  }

  private static List<Double> coverage(Path json) throws IOException {
    List<Double> shares = new ArrayList<>();
    OutcomesRun.report(json)
        .get("slices")
        .get(0)
        .get("coverage")
        .forEach(share -> shares.add(share.asDouble()));
    return shares;
  }

  @Test
  void labelsThatAreNoClassOfTheModelAreRefused() throws Exception {
    Path labels = labels("huge.csv", rows(classes), row -> key(row) == 7 ? "huge" : "small");

    JobRun run = outcomes(classes, labels);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("(huge) are no classes of the model, which are [small, medium, large]");
    JobRun negative =
        outcomes(
            classes,
            labels("small.csv", rows(classes), row -> "small"),
            "--unmatched",
            "negative",
            "--horizon",
            "1d",
            "--as-of",
            "2026-02-01");
    assertThat(negative.exitCode()).isEqualTo(3);
    assertThat(negative.err()).contains("several classes, of which none is the negative one");
  }

  /** Runs the command on a table that has a name in the catalog. */
  private static List<JobRun> ofTable(
      String format, String name, String sql, List<List<Object>> each) {
    SparkSession session = TestSpark.session();
    String path = directory.resolve(name).toString();
    session.sql(sql).write().format(format).option("path", path).saveAsTable(name);
    try {
      return each.stream()
          .map(
              more -> {
                List<Object> all = new ArrayList<>(List.of("--table", name, "--keys", "parcel_id"));
                all.addAll(more);
                return JobRun.ofOutcomes(all.toArray());
              })
          .toList();
    } finally {
      session.sql("DROP TABLE " + name);
    }
  }

  @Test
  void aClassThatNoRowWasGivenIsNamedByTheOptionAndRowsWithoutAScoreAreCounted() throws Exception {
    StringBuilder text = new StringBuilder("parcel_id,came\n");
    for (int key = 0; key < 30; key++) {
      text.append("%s,%s\n".formatted(key, CLASSES.get(key % 3)));
    }

    Path labels = Files.writeString(directory.resolve("of classes.csv"), text);
    Path json = directory.resolve("of classes.json");
    List<Object> usual = List.of("--labels", labels, "--label", "came", "--json", json);
    List<Object> named = new ArrayList<>(usual);
    named.addAll(List.of("--classes", "small,medium,large"));
    List<Object> wrong = new ArrayList<>(usual);
    wrong.addAll(List.of("--classes", "small,large,medium"));

    List<JobRun> runs =
        ofTable(
            "delta",
            "classless",
            "SELECT id AS parcel_id, if(id % 2 = 0, 0.6F, 0.3F) AS score_0,"
                + " if(id % 2 = 0, 0.3F, 0.6F) AS score_1, if(id < 28, 0.1F, NULL) AS score_2,"
                + " if(id % 2 = 0, 'small', 'medium') AS label, 'm/1' AS model_version"
                + " FROM range(30)",
            List.of(usual, wrong, named));

    assertThat(runs.get(0).exitCode()).isEqualTo(3);
    assertThat(runs.get(0).err())
        .contains("(large) are no classes", "no row has the class of [score_2]", "by --classes");
    assertThat(runs.get(1).exitCode()).isEqualTo(3);
    assertThat(runs.get(1).err()).contains("--classes says 'large' of class 1");
    assertThat(runs.get(2).exitCode()).as(runs.get(2).err()).isZero();
    JsonNode report = OutcomesRun.report(json);
    assertThat(OutcomesRun.total(json).get("classes").get("large").get("n").asInt()).isEqualTo(9);
    assertThat(report.get("scores").get("without_score").asInt()).isEqualTo(2);
    assertThat(report.get("warnings").toString()).contains("2 rows have no score");
    assertThat(report.get("labels").has("quarantined")).isFalse();
    assertThat(runs.get(2).out()).contains("not known how many keys with a label");
    Path stored = directory.resolve("_paritree/classless/outcomes/undated.json");
    assertThat(stored).hasSameBinaryContentAs(json);
  }

  @Test
  void aQuantileHasAPinballLossAndAValueIsNeverNegativeForWantOfALabel() throws Exception {
    Path labels =
        Files.writeString(directory.resolve("values.csv"), "parcel_id,came\n0,1\n1,2\n2,5\n");
    Path json = directory.resolve("values.json");
    List<Object> usual = List.of("--labels", labels, "--label", "came", "--json", json);
    List<Object> quantile = new ArrayList<>(usual);
    quantile.addAll(List.of("--quantile", "0.9", "--require", "total.pinball_loss < 1"));
    List<Object> negative = new ArrayList<>(usual);
    negative.addAll(List.of("--unmatched", "negative", "--horizon", "9d", "--as-of", "2026-02-01"));
    negative.addAll(List.of("--scored-at", "scored"));

    List<JobRun> runs =
        ofTable(
            "orc",
            "numbers_of_rows",
            "SELECT id AS parcel_id, 2F AS score, DATE '2026-01-01' AS scored FROM range(4)",
            List.of(quantile, negative));

    assertThat(runs.get(0).exitCode()).as(runs.get(0).err()).isZero();
    assertThat(OutcomesRun.total(json).get("pinball_loss").asDouble())
        .isCloseTo((0.1 + 0 + 0.9 * 3) / 3, within(1e-12));
    assertThat(runs.get(0).out()).contains("pinball loss", "not stored: the catalog does not say");
    assertThat(runs.get(1).exitCode()).isEqualTo(3);
    assertThat(runs.get(1).err()).contains("are values, of which none is the negative one");
  }

  @Test
  void aClassOfSeveralIsStillMeasuredByItself() throws Exception {
    Path labels = labels("one.csv", rows(classes), OutcomeKindsTest::came);
    Path json = directory.resolve("one.json");

    JobRun run =
        outcomes(classes, labels, "--score", "score_large", "--positive", "large", "--json", json);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(OutcomesRun.report(json).get("kind").asText()).isEqualTo("binary");
  }

  @Test
  void indexesOfClassesHaveAccuracyAndMistakesOnly() throws Exception {
    Path output = published(packages.classIndex(), "indexes");
    List<Row> rows = rows(output);
    Path labels =
        labels("indexes.csv", rows, row -> key(row) % 5 == 0 ? key(row) % 4 : row.getAs("label"));
    Path json = directory.resolve("indexes.json");

    JobRun run = outcomes(output, labels, "--json", json);

    assertThat(run.exitCode()).as(run.err()).isZero();
    long right =
        labelled(rows).stream()
            .filter(
                row ->
                    key(row) % 5 != 0
                        || String.valueOf(key(row) % 4).equals(row.<String>getAs("label")))
            .count();
    JsonNode total = OutcomesRun.total(json);
    assertThat(total.get("accuracy").asDouble())
        .isCloseTo((double) right / labelled(rows).size(), within(1e-12));
    assertThat(total.has("log_loss")).isFalse();
    assertThat(total.get("classes").has("all others")).isTrue(); // 3 is none of three classes
  }

  @Test
  void listsHaveTheGainOfTheirOrder() throws Exception {
    Path output = published(packages.binary(), "lists");
    List<Row> rows = rows(output);
    Path labels = labels("lists.csv", rows, OutcomeKindsTest::relevance);
    Path json = directory.resolve("lists.json");

    JobRun run =
        outcomes(
            output, labels, "--group", "day", "--json", json, "--require", "total.ndcg@10 > 0");

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    Map<String, List<Row>> lists =
        labelled(rows).stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.getAs("day").toString(), TreeMap::new, Collectors.toList()));
    double mean = lists.values().stream().mapToDouble(list -> gain(list, 10)).average().orElse(0);
    JsonNode total = OutcomesRun.total(json);
    assertThat(OutcomesRun.report(json).get("kind").asText()).isEqualTo("ranking");
    assertThat(total.get("lists").asInt()).isEqualTo(lists.size());
    assertThat(total.get("ndcg@10").asDouble()).isCloseTo(mean, within(1e-12));
    assertThat(run.out()).contains("NDCG@10", "met: total.ndcg@10 > 0");

    JobRun wrong = outcomes(output, labels("much.csv", rows, row -> 2.5), "--group", "day");
    assertThat(wrong.exitCode()).isEqualTo(3);
    assertThat(wrong.err()).contains("(2.5)", "whole numbers from 0 to 31 were expected");
    JobRun unknown = outcomes(output, labels, "--group", "carrier");
    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(unknown.err()).contains("lists of 'carrier': rows have no value there");
  }

  private static int relevance(Row row) {
    return (int) (key(row) * 7 % 11 % 4);
  }

  /** Returns the gain of the first places, of equal scores the mean of all orders. */
  private static double gain(List<Row> list, int places) {
    Map<Float, List<Double>> byScore = new TreeMap<>(Comparator.reverseOrder());
    list.forEach(
        row ->
            byScore
                .computeIfAbsent(row.getAs("score"), any -> new ArrayList<>())
                .add(Math.pow(2, relevance(row)) - 1));
    double gain = 0;
    int place = 0;
    for (List<Double> equal : byScore.values()) {
      double mean = equal.stream().mapToDouble(Double::doubleValue).average().orElse(0);
      for (int index = 0; index < equal.size(); index++) {
        gain += place < places ? mean * Math.log(2) / Math.log(place + 2) : 0;
        place++;
      }
    }

    List<Double> best =
        list.stream()
            .map(row -> Math.pow(2, relevance(row)) - 1)
            .sorted(Comparator.reverseOrder())
            .limit(places)
            .toList();
    double ideal = 0;
    for (int index = 0; index < best.size(); index++) {
      ideal += best.get(index) * Math.log(2) / Math.log(index + 2);
    }

    return ideal == 0 ? 1 : gain / ideal;
  }

  /** Labels with keys that only Spark compares are joined by Spark. */
  @Test
  void otherTasksAndFilesAndAnotherJoinChangeNoMeasure() throws Exception {
    List<Row> rows = rows(classes);
    Path labels = labels("few.csv", rows, OutcomeKindsTest::came);
    Path many = directory.resolve("many");
    TestSpark.interpreting()
        .read()
        .option("header", "true")
        .csv(labels.toString())
        .selectExpr("cast(parcel_id as decimal(9)) parcel_id", "came")
        .repartition(7)
        .write()
        .parquet(many.toString());
    Path one = directory.resolve("few.json");
    Path other = directory.resolve("many.json");

    assertThat(outcomes(classes, labels, "--json", one).exitCode()).isZero();
    JobRun joined =
        ofTable(
                "parquet",
                "decimal_keys",
                "SELECT cast(parcel_id as decimal(9)) AS parcel_id, score_small, score_medium,"
                    + " score_large, label, model_version FROM parquet.`%s`".formatted(classes),
                List.of(List.of("--labels", many, "--label", "came", "--json", other)))
            .get(0);

    assertThat(joined.exitCode()).as(joined.err()).isZero();
    assertThat(OutcomesRun.total(other)).isEqualTo(OutcomesRun.total(one));
    assertThat(coverage(other)).isEqualTo(coverage(one));
  }
}
