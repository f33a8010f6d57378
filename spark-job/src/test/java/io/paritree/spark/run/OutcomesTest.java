package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.json.SealedJson;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels that come later say how good stored scores were. */
class OutcomesTest {
  private static final int ROWS = 250;
  private static final LocalDate FIRST = LocalDate.of(2026, 1, 1);
  private static final int DAYS = 6;
  private static final int BETWEEN = 20;
  private static final int LATEST = 120;
  private static final String HEADER = "parcel_id,late,known,weight\n";

  @TempDir static Path directory;

  private static Path model;
  private static Path output;
  private static Path labels;

  /** A stored score with what came. */
  private record Scored(long key, LocalDate day, float score, boolean isLate, LocalDate known) {
    Scored withoutLabel() {
      return new Scored(key, day, score, false, known);
    }
  }

  private static final List<Scored> ALL = new ArrayList<>();

  @BeforeAll
  static void scoreSixDays() throws Exception {
    model = new TestPackages(directory.resolve("models")).binary();
    Path input = directory.resolve("in");
    for (int day = 0; day < DAYS; day++) {
      Path partition = input.resolve("day=" + FIRST.plusDays((long) day * BETWEEN));
      Parcels.write(partition, day * ROWS, (day + 1) * ROWS, day == 0 ? 50 : 0, 1);
    }

    output = directory.resolve("out");
    JobRun run =
        JobRun.ofParcels(model, input, output, "--pass", "carrier", "--max-quarantined", "1");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Random random = new Random(20261129);
    StringBuilder text = new StringBuilder(HEADER);
    for (Row row :
        TestSpark.interpreting()
            .read()
            .parquet(output.toString())
            .orderBy("parcel_id")
            .collectAsList()) {
      LocalDate day = LocalDate.parse(row.getAs("day").toString());
      float score = row.<Float>getAs("score");
      boolean isLate = random.nextFloat() < score;
      // Late ones are known late, so labels of young partitions are mostly of the others.
      int after = isLate ? 60 + random.nextInt(LATEST - 60) : random.nextInt(60);
      Scored own =
          new Scored(row.<Long>getAs("parcel_id"), day, score, isLate, day.plusDays(after));
      ALL.add(own);
      text.append("%s,%s,%s,1\n".formatted(own.key, own.isLate, own.known));
    }

    text.append("0,false,2026-01-05,1\n"); // it was quarantined
    labels = Files.writeString(directory.resolve("labels.csv"), text);
  }

  private static JobRun outcomes(Object... arguments) {
    return JobRun.ofOutcomes(
        Stream.concat(Stream.of("--output", output, "--keys", "parcel_id"), Stream.of(arguments))
            .toArray());
  }

  private static JsonNode report(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static JsonNode total(JsonNode report) {
    return report.get("slices").get(0);
  }

  /** Returns the share of pairs in the right order; of equal scores a half. */
  private static double auc(List<Scored> rows) {
    double ordered = 0;
    double pairs = 0;
    for (Scored late : rows.stream().filter(Scored::isLate).toList()) {
      for (Scored other : rows.stream().filter(row -> !row.isLate).toList()) {
        pairs++;
        ordered += (1 + Math.signum(late.score - other.score)) / 2;
      }
    }

    return ordered / pairs;
  }

  @Test
  void onlyMaturePartitionsCountWhateverHasComeOfTheOthers() throws Exception {
    LocalDate asOf = FIRST.plusDays(LATEST + 2L * BETWEEN);
    Path early = directory.resolve("early.json");
    JobRun run =
        outcomes(
            "--labels",
            labels,
            "--label",
            "late",
            "--label-time",
            "known",
            "--horizon",
            "120d",
            "--as-of",
            asOf,
            "--by",
            "carrier",
            "--json",
            early,
            "--require",
            "total.auc >= 0.5",
            "--require",
            "\"no/7\".rate_z < 4");

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    JsonNode report = report(early);
    List<Scored> mature =
        ALL.stream().filter(row -> row.day.isBefore(FIRST.plusDays(2L * BETWEEN + 1))).toList();
    JsonNode measures = total(report).get("measures");
    assertThat(total(report).get("matched").asInt()).isEqualTo(mature.size());
    assertThat(measures.get("auc").asDouble()).isCloseTo(auc(mature), within(1e-12));
    assertThat(measures.get("positives").asLong())
        .isEqualTo(mature.stream().filter(Scored::isLate).count());
    assertThat(report.get("naive_join").get("n").asInt()).isEqualTo(ALL.size());
    assertThat(report.get("naive_join").get("rate_difference").asDouble()).isLessThan(-0.02);
    List<Scored> naive =
        ALL.stream().map(row -> row.known.isAfter(asOf) ? row.withoutLabel() : row).toList();
    assertThat(report.get("naive_join").get("auc").asDouble()).isCloseTo(auc(naive), within(0.005));
    assertThat(report.get("labels").get("quarantined").asInt()).isOne();
    assertThat(report.get("labels").get("after_as_of").asLong())
        .isEqualTo(ALL.stream().filter(row -> row.known.isAfter(asOf)).count());
    List<String> immature = new ArrayList<>();
    long segments = 0;
    for (JsonNode slice : report.get("slices")) {
      if (!slice.get("mature").asBoolean()) {
        immature.add(slice.get("name").asText());
      }

      boolean isSegment = slice.get("slice").asText().equals("segment");
      segments += isSegment ? slice.get("matched").asInt() : 0;
    }

    assertThat(immature).containsExactly("day=2026-03-02", "day=2026-03-22", "day=2026-04-11");
    assertThat(segments).isEqualTo(mature.size());
    assertThat(run.out()).contains("total", "(immature)", "met: total.auc >= 0.5");

    // All labels have come by now, and they are in other files: the same partitions measure alike.
    Path files = directory.resolve("many");
    TestSpark.interpreting()
        .read()
        .option("header", "true")
        .csv(labels.toString())
        .selectExpr("cast(parcel_id as int) parcel_id", "late", "cast(known as date) known")
        .repartition(5)
        .write()
        .parquet(files.toString());
    Path finished = directory.resolve("finished.json");
    JobRun later =
        outcomes(
            "--labels",
            files,
            "--label",
            "late",
            "--label-time",
            "known",
            "--horizon",
            "120d",
            "--to",
            FIRST.plusDays(2L * BETWEEN),
            "--by",
            "carrier",
            "--json",
            finished);

    assertThat(later.exitCode()).as(later.err()).isZero();
    assertThat(total(report(finished))).isEqualTo(total(report));
    Path state = directory.resolve("_paritree").resolve("out").resolve("outcomes");
    assertThat(state.resolve(asOf + ".json")).hasSameBinaryContentAs(early);
  }

  @Test
  void missingLabelsAreNegativeOnlyInMaturePartitionsAndOnlyIfTheCallerSaysSo() throws Exception {
    StringBuilder events = new StringBuilder(HEADER);
    ALL.stream()
        .filter(Scored::isLate)
        .forEach(row -> events.append("%s,1,%s,2.5\n".formatted(row.key, row.known)));
    Path only = Files.writeString(directory.resolve("events.csv"), events);
    Path json = directory.resolve("events.json");
    List<Object> usual =
        List.of(
            "--labels",
            only,
            "--label",
            "late",
            "--label-time",
            "known",
            "--horizon",
            "120d",
            "--json",
            json);
    List<Object> negative = new ArrayList<>(usual);
    negative.addAll(List.of("--unmatched", "negative"));

    assertThat(outcomes(negative.toArray()).exitCode()).isZero();
    LocalDate asOf = LocalDate.parse(report(json).get("as_of").asText());
    List<Scored> mature =
        ALL.stream().filter(row -> !row.day.plusDays(LATEST).isAfter(asOf)).toList();
    assertThat(total(report(json)).get("measures").get("auc").asDouble())
        .isCloseTo(auc(mature), within(1e-12));

    List<Object> lost = new ArrayList<>(usual.subList(0, usual.size() - 1));
    lost.addAll(List.of(directory.resolve("none/events.json"), "--require", "total.brier < 0.001"));
    JobRun unknown = outcomes(lost.toArray());
    assertThat(unknown.exitCode()).as("that the file was not written hides nothing").isEqualTo(8);
    assertThat(unknown.err())
        .contains("Not met", "total.brier < 0.001", "failed: NoSuchFileException");
    String stored =
        unknown.out().lines().filter(line -> line.startsWith("  report")).findFirst().orElseThrow();
    assertThat(total(report(Path.of(stored.substring(10)))).get("measures").has("auc")).isFalse();
    assertThat(unknown.out()).contains("Labels are of selected rows");
  }

  @Test
  void whatCannotBeMeasuredIsRefusedInASentence() throws Exception {
    Path wrong = directory.resolve("wrong");
    Files.createDirectories(wrong);
    String row = "1,true,2026-03-01,1\n";
    List<List<Object>> all =
        List.of(
            List.of("x,true,2026-03-01,1\n", "the key 'parcel_id' has the value 'x'"),
            List.of(row + "1,false,2026-03-01,1\n", "keys have several labels, such as 1"),
            List.of("", "they have no row"),
            List.of("1,,2026-03-01,1\n", "no row has a key, a label"),
            List.of(row + "2,perhaps,2026-03-01,1\n", "(perhaps, true) are neither"),
            List.of("1,true,2026-03-01,Infinity\n", "are not finite", "--weight", "weight"),
            List.of("1,true,2026-03-01,-1\n", "are not finite", "--weight", "weight"),
            List.of("1,true,2026-03-01,1e-200\n", "not from 1.0E-100", "--weight", "weight"),
            List.of(row, "no column 'wight' (did you mean 'weight'?)", "--weight", "wight"),
            List.of("1,true,soon,1\n", "and a time", "--label-time", "known"),
            List.of("1,true,9999-12-31,1\n", "no day on which it", "--label-time", "known"),
            List.of(row, "--horizon without a last day", "--horizon", "9d"),
            List.of(row, "without --horizon", "--unmatched", "negative"),
            List.of(row, "have no 'yes'", "--positive", "yes"),
            List.of(row, "no column 'note'", "--by", "note"),
            List.of(row, "more than 1000 values", "--by", "parcel_id"),
            List.of("1,true\n", "a line has not as many cells as the header", "--weight", "weight"),
            List.of(row, "of --score is of type string", "--score", "carrier"),
            List.of(row, "of --scored-at is of type float", "--scored-at", "score"),
            List.of(row, "of --scored-at is of type string", "--scored-at", "carrier"),
            List.of("1,paid,2026-03-01,1\n", "did you mean 'paid'", "--positive", "pad"),
            List.of(
                row, "no published partition was found in it from 2030", "--from", "2030-01-01"),
            List.of(
                row + "1,true,2026-03-01,2\n",
                "labels or weights of the same time",
                "--label-time",
                "known",
                "--weight",
                "weight"),
            List.of(
                row + "1,false,2026-03-01,1\n",
                "labels or weights of the same time",
                "--label-time",
                "known"));
    for (int index = 0; index < all.size(); index++) {
      List<Object> each = all.get(index);
      Path file = Files.writeString(wrong.resolve(index + ".csv"), HEADER + each.get(0));
      List<Object> arguments = new ArrayList<>(List.of("--labels", file, "--label", "late"));
      arguments.addAll(each.subList(2, each.size()));
      JobRun run = outcomes(arguments.toArray());

      assertThat(run.exitCode()).as("%s: %s", each, run.err()).isEqualTo(3);
      assertThat(run.err()).contains((String) each.get(1));
      assertThat(run.err().strip().lines()).hasSize(1);
    }

    JobRun usage =
        outcomes(
            "--labels", "./a", "--label", "b", "--require", "total.aucc > 0.7", "--horizon", "3");
    assertThat(usage.exitCode()).isEqualTo(2);
    assertThat(usage.err()).contains("did you mean auc", "such as 90d");
    for (String never : List.of("totl.auc > 0", "challenger.auc > 0", "total.ndcg@5 > 0")) {
      JobRun run = outcomes("--labels", "./a", "--label", "b", "--require", never);
      assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
      assertThat(run.err()).contains("Cannot use the rule '" + never + "': there is no ");
    }

    JobRun ofLists =
        outcomes("--labels", "./a", "--label", "b", "--group", "c", "--require", "total.auc > 0");
    assertThat(ofLists.exitCode()).isEqualTo(2);
    assertThat(ofLists.err()).contains("there is no measure of total 'auc'");
    JobRun ofValues = outcomes("--labels", "./a", "--label", "b", "--require", "total.rmse < 9");
    assertThat(ofValues.exitCode()).as("labels are not read, which are not there").isEqualTo(2);
    assertThat(ofValues.err()).contains("no measure of total 'rmse'", "are of the kind binary");
    JobRun weightless =
        outcomes("--labels", "./a", "--label", "b", "--weight", "c", "--unmatched", "negative");
    assertThat(weightless.exitCode()).isEqualTo(2);
    assertThat(weightless.err()).contains("a row without a label would have none");
  }

  @Test
  void filesThatDoNotFitTogetherAreRefusedInASentence() throws Exception {
    Path headers = Files.createDirectories(directory.resolve("headers"));
    Files.writeString(headers.resolve("a.csv"), HEADER + "1,true,2026-03-01,1\n");
    Files.writeString(
        headers.resolve("b.csv"), "late,parcel_id,known,weight\ntrue,2,2026-03-01,1\n");
    Path types = directory.resolve("two types");
    for (String type : List.of("int", "bigint")) {
      TestSpark.session()
          .sql("SELECT cast(7 as %s) parcel_id, true late".formatted(type))
          .coalesce(1)
          .write()
          .mode("append")
          .parquet(types.toString());
    }

    Path more = directory.resolve("more columns");
    for (String columns :
        List.of("300L parcel_id", "301L parcel_id, true late, '2026-02-09' note")) {
      TestSpark.session()
          .sql("SELECT " + columns)
          .coalesce(1)
          .write()
          .mode("append")
          .parquet(more.toString());
    }

    JobRun some = outcomes("--labels", more, "--label", "late");
    assertThat(some.exitCode()).as("a column of some files: %s", some.err()).isZero();

    Path output = narrowKeysOfOneDay();
    JobRun scores = OutcomesRun.ofParcels(output, "--labels", labels, "--label", "late");
    assertThat(scores.exitCode()).as(scores.err()).isEqualTo(3);
    assertThat(scores.err())
        .contains(
            "its column 'parcel_id' is of type", "day=" + FIRST, "read files of one type only");

    JobRun header = outcomes("--labels", headers, "--label", "late");
    JobRun type = outcomes("--labels", types, "--label", "late");

    assertThat(header.exitCode()).as(header.err()).isEqualTo(3);
    assertThat(header.err()).contains("do not all have the same columns in the same order");
    assertThat(header.err().strip().lines()).hasSize(1);
    assertThat(type.exitCode()).as(type.err()).isEqualTo(3);
    assertThat(type.err())
        .contains(
            "its column 'parcel_id' is of type", "int", "bigint", "read files of one type only");
    assertThat(type.err().strip().lines()).hasSize(1);

    Path lines = Files.writeString(directory.resolve("labels.json"), "{\"parcel_id\": 300}\n");
    JobRun json = outcomes("--labels", lines, "--label", "late");
    Path brackets = Files.writeString(directory.resolve("a[1].csv"), HEADER);
    JobRun pattern = outcomes("--labels", brackets, "--label", "late");
    assertThat(json.exitCode()).as(json.err()).isEqualTo(3);
    assertThat(json.err()).contains("files of Parquet, or with the end .csv or .csv.gz");
    assertThat(json.err().strip().lines()).hasSize(1);
    assertThat(pattern.exitCode()).as(pattern.err()).isEqualTo(3);
    assertThat(pattern.err()).contains("for a pattern; rename it");
    assertThat(pattern.err().strip().lines()).hasSize(1);
  }

  /** Copies the output; the keys of one partition are int in place of bigint. */
  private static Path narrowKeysOfOneDay() throws IOException {
    Path copy = directory.resolve("narrow");
    try (Stream<Path> all = Files.walk(output)) {
      for (Path from : all.toList()) {
        Files.copy(from, copy.resolve(output.relativize(from).toString()));
      }
    }

    Path partition = copy.resolve("day=" + FIRST);
    Path narrow = directory.resolve("narrow rows");
    TestSpark.session()
        .read()
        .parquet(partition.toString())
        .selectExpr("int(parcel_id) parcel_id", "carrier", "score", "label", "model_version")
        .coalesce(1)
        .write()
        .parquet(narrow.toString());
    Files.copy(parquet(narrow), parquet(partition), StandardCopyOption.REPLACE_EXISTING);
    return copy;
  }

  private static Path parquet(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  @Test
  void otherTasksFilesAndCoresChangeNoDigit() throws Exception {
    StringBuilder text = new StringBuilder(HEADER);
    ALL.forEach(
        row ->
            text.append(
                "%s,%s,%s,%s\n"
                    .formatted(row.key, row.isLate, row.known, 0.1 * (1 + row.key % 7))));
    text.append("0,false,2026-01-05,1\n");
    Path weighted = Files.writeString(directory.resolve("weighted.csv"), text);
    Path files = directory.resolve("weighted");
    TestSpark.interpreting()
        .read()
        .option("header", "true")
        .csv(weighted.toString())
        .selectExpr(
            "cast(parcel_id as int) parcel_id",
            "late",
            "cast(known as date) known",
            "cast(weight as double) weight")
        .repartition(5)
        .write()
        .parquet(files.toString());
    Path input = directory.resolve("in more files");
    for (int day = 0; day < DAYS; day++) {
      Path partition = input.resolve("day=" + FIRST.plusDays((long) day * BETWEEN));
      Parcels.write(partition, day * ROWS, (day + 1) * ROWS, day == 0 ? 50 : 0, 3);
    }

    Path other = directory.resolve("out of more files");
    JobRun run =
        JobRun.ofParcels(model, input, other, "--pass", "carrier", "--max-quarantined", "1");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode once = weighted(output, weighted);
    SparkConf conf = TestSpark.session().sparkContext().conf();
    Map<String, String> others =
        Map.of(
            "spark.default.parallelism", "5",
            "spark.sql.files.maxPartitionBytes", "16384",
            "spark.sql.adaptive.enabled", "false");
    others.forEach(conf::set);
    JsonNode again;
    try {
      again = weighted(other, files);
    } finally {
      others.keySet().forEach(conf::remove);
    }

    assertThat(once.has("comparison")).isTrue();
    OutcomesRun.assertSame("report", again, once);
  }

  /** Returns the report, in which scores and labels have no places, and which has no digest. */
  private static JsonNode weighted(Path scores, Path weighted) throws IOException {
    Path json = directory.resolve("weighted.json");
    JobRun run =
        OutcomesRun.ofParcels(
            scores,
            "--labels",
            weighted,
            "--label",
            "late",
            "--label-time",
            "known",
            "--weight",
            "weight",
            "--horizon",
            "60d",
            "--by",
            "carrier",
            "--challenger-output",
            output,
            "--json",
            json);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(SealedJson.isWhole(Files.readAllBytes(json))).isTrue();
    String report =
        Files.readString(json)
            .replace(scores.toString(), "scores")
            .replace(output.toString(), "scores")
            .replace(weighted.toString(), "labels");
    ObjectNode tree = (ObjectNode) new ObjectMapper().readTree(report);
    return tree.without("sha256");
  }

  @Test
  void theNamedOutcomeIsThePositiveOneAlsoOfBooleans() throws Exception {
    Path booleans = directory.resolve("booleans");
    TestSpark.session()
        .read()
        .option("header", "true")
        .csv(labels.toString())
        .selectExpr(
            "bigint(parcel_id) AS parcel_id",
            "late = 'true' AS late",
            "if(late = 'true', 12345678, 7) AS code")
        .write()
        .parquet(booleans.toString());
    Path json = directory.resolve("booleans.json");

    JobRun run =
        outcomes("--labels", booleans, "--label", "late", "--positive", "false", "--json", json);
    JobRun wrong = outcomes("--labels", booleans, "--label", "late", "--positive", "nonsense");

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode total = total(report(json));
    assertThat(total.get("measures").get("positives").asLong())
        .isEqualTo(ALL.stream().filter(row -> !row.isLate).count());
    assertThat(wrong.exitCode()).isEqualTo(3);
    assertThat(wrong.err()).contains("have no 'nonsense'");

    JobRun code =
        outcomes("--labels", booleans, "--label", "code", "--positive", 12345678, "--json", json);
    assertThat(code.exitCode()).as("a number of eight digits: %s", code.err()).isZero();
    assertThat(total(report(json)).get("measures").get("positives").asLong())
        .isEqualTo(ALL.stream().filter(Scored::isLate).count());
  }

  @Test
  void whatHasNoValueYetIsSaidInWords() throws Exception {
    Path early = Files.writeString(directory.resolve("PAID.CSV"), "parcel_id,late\n300,paid\n");

    JobRun none =
        outcomes(
            "--labels",
            early,
            "--label",
            "late",
            "--positive",
            "defaulted",
            "--require",
            "total.auc > 0.5",
            "--require",
            "\"day=2025-12-01\".brier < 1");

    assertThat(none.exitCode()).as(none.err()).isZero();
    assertThat(none.out())
        .contains(
            "No measured row has the outcome 'defaulted' of --positive",
            "would say rate 0.0000",
            "not compared: total.auc > 0.5: there is no value\n",
            "not compared: \"day=2025-12-01\".brier < 1: no version, mature segment or partition has this name yet")
        .doesNotContain("- to -");
  }

  @Test
  void labelsFromBeforeTheScoreAreLeaks() throws Exception {
    StringBuilder text = new StringBuilder(HEADER);
    ALL.stream()
        .filter(row -> row.day.equals(FIRST))
        .forEach(
            row ->
                text.append(
                    "%s,%s,%s,1\n"
                        .formatted(
                            row.key, row.isLate, row.key % 2 == 0 ? "2025-12-31" : "2026-01-01")));
    Path file = Files.writeString(directory.resolve("leaks.csv"), text);
    Path json = directory.resolve("leaks.json");

    JobRun run =
        outcomes("--labels", file, "--label", "late", "--label-time", "known", "--json", json);

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Scored> scored = ALL.stream().filter(row -> row.day.equals(FIRST)).toList();
    long even = scored.stream().filter(row -> row.key % 2 == 0).count();
    assertThat(total(report(json)).get("leaks").asLong()).isEqualTo(even);
    assertThat(total(report(json)).get("matched").asLong()).isEqualTo(scored.size() - even);
    assertThat(run.out()).contains(even + " labels are older than their scores");
    double late = scored.stream().filter(Scored::isLate).count();
    assertThat(report(json).get("naive_join").get("rate").asDouble())
        .as("a naive join takes leaks for labels")
        .isCloseTo(late / ALL.size(), within(1e-12));
  }
}
