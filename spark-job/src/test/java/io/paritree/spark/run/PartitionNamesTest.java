package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.SomeForms;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/** The names of an input's directories are values, which other writers spell in other ways. */
class PartitionNamesTest {
  private static final int ROWS = 60;

  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;
  private Path input;
  private Path output;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).binary().toString();
  }

  @BeforeEach
  void places() {
    input = directory.resolve("in");
    output = directory.resolve("out");
  }

  private JobRun score(Object... more) {
    JobRun run = JobRun.ofParcels(model, input, output, more);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  private static List<String> partitions(Path output) throws IOException {
    try (Stream<Path> all = Files.list(output)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.contains("="))
          .sorted()
          .toList();
    }
  }

  /** The feature {@code carrier} takes unknown categories as missing, so a wrong text is silent. */
  @ParameterizedTest
  @SomeForms(
      count = 4,
      value = {
        "carrier=Z%C3%BCrich%20Post",
        "carrier=Z%c3%bcrich Post",
        "carrier=Z%FCrich Post",
        "carrier=Zürich Post"
      })
  void scoresAreOfTheValueThatTheWriterMeant(String name) throws Exception {
    Path whole = directory.resolve("whole");
    TestSpark.interpreting()
        .read()
        .parquet(Parcels.write(directory.resolve("once"), 0, ROWS, 0, 1).toString())
        .withColumn("carrier", functions.lit("Zürich Post"))
        .write()
        .parquet(whole.toString());
    TestSpark.interpreting()
        .read()
        .parquet(whole.toString())
        .drop("carrier")
        .write()
        .parquet(input.resolve(name).toString());
    Path asColumn = directory.resolve("as-column");
    assertThat(JobRun.ofParcels(model, whole, asColumn).exitCode()).isZero();

    JobRun run =
        JobRun.ofParcels(
            model,
            input,
            output,
            "--pass",
            "carrier",
            "--partition",
            "carrier=Zürich Post",
            "--output-partition",
            "night=1");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(output)).hasSize(ROWS).isEqualTo(Scores.of(asColumn));
    assertThat(ScoringJobTest.read(output).where("carrier = 'Zürich Post'").count())
        .isEqualTo(ROWS);
    boolean differs = name.toUpperCase(Locale.ROOT).contains("%C3");
    assertThat(run.err().contains("Spark's own reader reads it as carrier=ZÃ¼rich Post"))
        .as(run.err())
        .isEqualTo(differs);
  }

  @Test
  void theOutputHasTheCanonicalSpelling() throws Exception {
    Parcels.write(input.resolve("city=K%C3%B6ln"), 0, 10, 0, 1);
    Parcels.write(input.resolve("city=New%20York"), 10, 20, 0, 1);
    Parcels.write(input.resolve("city=a%3ab"), 20, 30, 0, 1);

    score("--lookup-index");

    assertThat(partitions(output)).containsExactly("city=Köln", "city=New York", "city=a%3Ab");
    Map<String, Long> rows = new TreeMap<>();
    for (Row row : ScoringJobTest.read(output).groupBy("city").count().collectAsList()) {
      rows.put(row.getString(0), row.getLong(1));
    }

    assertThat(rows).isEqualTo(Map.of("Köln", 10L, "New York", 10L, "a:b", 10L));
    assertThat(score("--lookup-index").out()).contains("already published");
  }

  @Test
  void directoriesThatSpellOneValueInTwoWaysAreOnePartition() throws Exception {
    Parcels.write(input.resolve("city=New%20York/day=1"), 0, 20, 0, 1);
    Parcels.write(input.resolve("city=New York/day=1"), 20, ROWS, 0, 2);
    Parcels.write(input.resolve("city=New York/day=2"), ROWS, 2 * ROWS, 0, 1);

    score();

    assertThat(partitions(output)).containsExactly("city=New York");
    assertThat(Scores.of(output.resolve("city=New York/day=1"))).hasSize(ROWS);
    assertThat(Scores.of(output)).isEqualTo(ScoringJobTest.expected(model, 0, 2 * ROWS));
    Parcels.write(input.resolve("city=New%20York/day=1"), 200, 201, 0, 1);
    assertThat(score().out()).contains("published before: 1 partition (city=New York/day=2)");
    assertThat(Scores.of(output)).hasSize(2 * ROWS + 1);
  }

  /** As DuckDB writes the first night's input, and Spark the second's. */
  @Test
  void anotherSpellingInTheOutputIsReplaced() throws Exception {
    Parcels.write(input.resolve("city=New York"), 0, ROWS, 0, 1);
    Parcels.write(input.resolve("city=Bern"), ROWS, 2 * ROWS, 0, 1);
    score();
    Files.move(output.resolve("city=New York"), output.resolve("city=New%20York"));
    assertThat(ScoringJobTest.read(output).where("city = 'New York'").count()).isEqualTo(ROWS);

    assertThat(score().out()).contains("published before: 1 partition (city=Bern)");

    assertThat(partitions(output)).containsExactly("city=Bern", "city=New York");
    assertThat(Scores.of(output)).isEqualTo(ScoringJobTest.expected(model, 0, 2 * ROWS));
    assertThat(score().out()).contains("already published");
  }

  @Test
  void anotherSpellingThatParitreeHasNotWrittenIsReplacedOnRequestOnly() throws Exception {
    Parcels.write(input.resolve("city=New York"), 0, ROWS, 0, 1);
    Parcels.write(output.resolve("city=New%20York"), 500, 510, 0, 1);

    JobRun refused = JobRun.ofParcels(model, input, output);

    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err())
        .contains("city=New%20York, which holds 1 file", "with 10 rows", "--replace-foreign");
    assertThat(partitions(output)).containsExactly("city=New%20York");
    assertThat(score("--replace-foreign").err()).contains("this run replaces", "with 10 rows");
    assertThat(partitions(output)).containsExactly("city=New York");
  }

  @Test
  void partitionsThatTheInputNoLongerHasStayAndAreSaid() throws Exception {
    for (int day = 1; day <= 3; day++) {
      Parcels.write(input.resolve("day=" + day), day * 10, day * 10 + 10, 0, 1);
    }

    assertThat(score().err()).doesNotContain("the input does not have");
    FileUtils.deleteDirectory(input.resolve("day=2").toFile());

    assertThat(score().err())
        .contains(
            "The output has 1 partition that the input does not have (day=2): it stays as before");
    assertThat(score("--partition", "day=1").err()).doesNotContain("the input does not have");
    assertThat(Scores.of(output)).hasSize(30);
  }

  @Test
  void aPartitionForAllRowsIsNoneThatTheInputsDirectoriesDeny() throws Exception {
    Parcels.write(input.resolve("day=1"), 0, 10, 0, 1);
    Parcels.write(input.resolve("day=2"), 10, 20, 0, 1);
    Object[] first = {"--output-partition", "day=1"};

    JobRun refused = JobRun.ofParcels(model, input, output, first);

    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err())
        .contains(
            "a partition of the input is day=2, and --output-partition day=1 would say otherwise");
    assertThat(output).doesNotExist();
    score("--output-partition", "day=1", "--partition", "day=1");
    assertThat(Scores.of(output)).isEqualTo(ScoringJobTest.expected(model, 0, 10));
  }

  @Test
  void aPartitionForAllRowsIsNoneThatAColumnOfTheInputDenies() throws Exception {
    Path parcels = Parcels.write(directory.resolve("parcels"), 0, 10, 0, 1);
    TestSpark.interpreting()
        .read()
        .parquet(parcels.toString())
        .selectExpr(
            "*",
            "DATE'2026-11-25' day",
            "IF(parcel_id < 10, TIMESTAMP'2026-11-25 23:10:00Z', NULL) at",
            "TIMESTAMP_NTZ'2026-11-25 00:00:00' local",
            "25 number",
            "'a b' text",
            "CAST(NULL AS STRING) nothing",
            "IF(parcel_id = 7, 2L, 1L) mixed")
        .repartition(1)
        .write()
        .parquet(input.toString());
    List<String> stated =
        List.of(
            "day=2026-11-25",
            "at=2026-11-25",
            "local=2026-11-25",
            "number=25",
            "text=a b",
            "nothing=",
            "carrier_name=any");

    for (String other :
        List.of("day=2026-11-2", "at=2026-11-24", "local=26", "number=2", "text=a", "nothing=1")) {
      JobRun run = JobRun.ofParcels(model, input, output, "--output-partition", other, "--dry-run");
      assertThat(run.exitCode()).as(other).isEqualTo(3);
      assertThat(run.err()).contains("row 0 (from 0) of file part-", "--output-partition " + other);
    }

    JobRun mixed = JobRun.ofParcels(model, input, output, "--output-partition", "mixed=1");
    assertThat(mixed.exitCode()).isEqualTo(3);
    assertThat(mixed.err()).contains("has 2 in column 'mixed'");
    assertThat(output).doesNotExist();
    score(stated.stream().flatMap(value -> Stream.of("--output-partition", value)).toArray());
    assertThat(Scores.of(output)).isEqualTo(ScoringJobTest.expected(model, 0, 10));

    Files.move(parquet(parcels), input.resolve("without.parquet"));
    JobRun absent = JobRun.ofParcels(model, input, output, "--output-partition", "number=25");
    assertThat(absent.exitCode()).isEqualTo(3);
    assertThat(absent.err())
        .contains(
            "column 'number', a partition column of the output, is not in file without.parquet");
  }

  private static Path parquet(Path parcels) throws IOException {
    try (Stream<Path> all = Files.list(parcels)) {
      return all.filter(Parquets::isParquet).findFirst().orElseThrow();
    }
  }
}
