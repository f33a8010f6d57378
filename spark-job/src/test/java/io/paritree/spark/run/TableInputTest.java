package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A Delta table is read at one version, by its log; other tables of a catalog as Spark reads them.
 */
class TableInputTest {
  private static final SparkSession SPARK = TestSpark.interpreting();
  private static final int ROWS = 300;

  @TempDir static Path shared;
  private static String model;

  /** A table that no test changes. */
  private static Path fixed;

  /** The table that most tests begin with, which is copied: a commit takes longer. */
  private static Path first;

  /** The score of each parcel, by its id. */
  private static Map<Long, Integer> scoresOfAll;

  @TempDir Path directory;
  private Path table;
  private Path output;

  @BeforeAll
  static void makeModel() throws Exception {
    model = new TestPackages(shared.resolve("models")).binary().toString();
    scoresOfAll = ScoringJobTest.expected(model, 0, ROWS);
    fixed = shared.resolve("fixed table");
    parcels(0, 3).write().format("delta").save(fixed.toString());
    first = shared.resolve("first table");
    append(first, 0, ROWS);
  }

  @BeforeEach
  void choosePlaces() {
    table = directory.resolve("in table");
    output = directory.resolve("out");
  }

  @AfterEach
  void dropTables() {
    SPARK.sql("DROP TABLE IF EXISTS parcels");
  }

  private static Dataset<Row> parcels(int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int index = from; index < to; index++) {
      rows.add(Parcels.row(index));
    }

    return SPARK
        .createDataFrame(rows, Parcels.SCHEMA)
        .withColumn("day", functions.expr("date_add(DATE'2024-01-01', int(parcel_id % 3))"));
  }

  private static void append(Path table, int from, int to) {
    parcels(from, to)
        .repartition(1)
        .write()
        .format("delta")
        .mode("append")
        .partitionBy("day")
        .save(table.toString());
  }

  /** Makes the table, with all rows that have a score here. */
  private void makeTable() throws IOException {
    FileUtils.copyDirectory(first.toFile(), table.toFile());
  }

  /** Makes the table with deletion vectors of each seventh row, which are copied, too. */
  private void makeTableWithDeletedRows() throws IOException {
    Path deleted = shared.resolve("deleted rows");
    if (Files.exists(deleted)) {
      FileUtils.copyDirectory(deleted.toFile(), table.toFile());
      return;
    }

    makeTable();
    sql("ALTER TABLE %s SET TBLPROPERTIES ('delta.enableDeletionVectors' = true)");
    sql("DELETE FROM %s WHERE parcel_id % 7 = 0".replace("% 7", "%% 7"));
    FileUtils.copyDirectory(table.toFile(), deleted.toFile());
  }

  /** Adds as many rows. */
  private void addRows() {
    append(table, ROWS, 2 * ROWS);
  }

  private void sql(String statement) {
    SPARK.sql(statement.formatted("delta.`%s`".formatted(table)));
  }

  private JobRun score(Object... more) {
    return observed(StepObserver.NONE, more);
  }

  private JobRun observed(StepObserver observer, Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("--model", model, "--output", output, "--keys", "parcel_id,note"));
    if (Arrays.asList(more).stream().noneMatch("--input-table"::equals)) {
      all.addAll(List.of("--input-table", table));
    }

    all.addAll(List.of(more));
    return JobRun.observed(observer, all.toArray());
  }

  /** Returns the scores that the job gives the same rows in plain Parquet files. */
  private Map<Long, Integer> ofParquet(Dataset<Row> rows) throws IOException {
    Path parquet = Files.createTempDirectory(directory, "parquet").resolve("in");
    Path scores = parquet.resolveSibling("out");
    rows.write().parquet(parquet.toString());
    JobRun run =
        JobRun.of(
            "--model", model, "--output", scores, "--keys", "parcel_id,note", "--input", parquet);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Scores.of(scores);
  }

  private static void succeeds(JobRun run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void partitionsOfTheTableAreThoseOfTheOutputAndTheReportHasItsVersion() throws IOException {
    makeTable();

    JobRun run = score("--run-id", "first");

    succeeds(run);
    assertThat(run.out()).contains("version 0", "day=2024-01-02");
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
    try (Stream<Path> partitions = Files.list(output)) {
      assertThat(partitions.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("day=2024-01-01", "day=2024-01-02", "day=2024-01-03");
    }

    assertThat(kept("first", "report.json")).contains("\"input_version\" : \"0\"");
    String lineage = kept("first", "lineage.jsonl");
    lineage.lines().forEach(LineageTest::assertValid);
    assertThat(lineage)
        .contains("\"datasetVersion\":\"0\"", "\"dimensions\":{\"day\":\"2024-01-02\"}");
  }

  private String kept(String run, String name) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("_paritree"))) {
      Path report =
          files
              .filter(file -> file.endsWith(name) && file.toString().contains(run))
              .findFirst()
              .orElseThrow();
      return Files.readString(report);
    }
  }

  @Test
  void rowsThatWereDeletedByDeletionVectorsAreNotScored() throws IOException {
    makeTableWithDeletedRows();
    assertThat(Files.list(table).anyMatch(file -> file.toString().contains("deletion_vector")))
        .isTrue();

    succeeds(score());

    assertThat(Scores.of(output))
        .hasSizeLessThan(ROWS)
        .isEqualTo(Scores.where(scoresOfAll, id -> id % 7 != 0));
  }

  @Test
  void mappedAddedAndRenamedColumnsHaveTheNamesOfTheTable() throws IOException {
    parcels(0, ROWS)
        .drop("zone")
        .withColumnRenamed("weight", "mass")
        .write()
        .format("delta")
        .partitionBy("day")
        .save(table.toString());
    sql("ALTER TABLE %s SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')");
    sql("ALTER TABLE %s RENAME COLUMN mass TO weight");
    sql("ALTER TABLE %s RENAME COLUMN day TO date");
    sql("ALTER TABLE %s ADD COLUMNS (zone INT)");
    parcels(ROWS, 2 * ROWS)
        .withColumnRenamed("day", "date")
        .write()
        .format("delta")
        .mode("append")
        .save(table.toString());

    succeeds(score("--partition", "date=2024-01-02", "--max-quarantined", "1"));

    Dataset<Row> rows =
        SPARK.read().format("delta").load(table.toString()).where("date = '2024-01-02'");
    assertThat(rows.where("zone IS NULL").count()).isGreaterThan(50);
    assertThat(Scores.of(output)).isEqualTo(ofParquet(rows.drop("date")));
    assertThat(output.resolve("date=2024-01-02")).exists();
    assertThat(output.resolve("date=2024-01-01")).doesNotExist();
  }

  @Test
  void eachVersionIsAnotherInputAndAnOldOneCanBeRead() throws IOException {
    makeTable();
    succeeds(score());
    assertThat(score().out()).contains("already published");
    addRows();

    JobRun next = score("--from", "2024-01-01", "--to", "2024-01-03");

    succeeds(next);
    assertThat(next.out()).contains("version 1").doesNotContain("already");
    assertThat(Scores.of(output)).hasSize(2 * ROWS);
    JobRun old = score("--as-of", "0");
    succeeds(old);
    assertThat(old.out()).contains("version 0");
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
    assertThat(score("--as-of", "0").out()).contains("already published");
    assertThat(score("--as-of", "1999-01-01").exitCode()).isEqualTo(3);
  }

  @Test
  void whatIsCommittedDuringTheRunIsNotRead() throws IOException {
    makeTable();
    AtomicBoolean isFirst = new AtomicBoolean(true);

    JobRun run =
        observed(
            step -> {
              if (step == Step.STAGING_MADE && isFirst.getAndSet(false)) {
                addRows();
                sql("OPTIMIZE %s");
              }
            });

    succeeds(run);
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
  }

  @Test
  @Tag("nightly")
  void aVersionWhoseFilesVacuumRemovedIsRefusedWithItsNumber() throws IOException {
    makeTable();
    addRows();
    sql("OPTIMIZE %s");
    SPARK.conf().set("spark.databricks.delta.retentionDurationCheck.enabled", "false");
    try {
      sql("VACUUM %s RETAIN 0 HOURS");
    } finally {
      SPARK.conf().unset("spark.databricks.delta.retentionDurationCheck.enabled");
    }

    JobRun run = score("--as-of", "1");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("Cannot score this, 1 problem:", "version 1", "; VACUUM removes files of old")
        .doesNotContain("expire_snapshots");
    assertThat(output).doesNotExist();
    assertThat(score("--as-of", "17").err()).contains("as of 17");
    assertThat(score("--as-of", "17").exitCode()).isEqualTo(3);
    succeeds(score());
  }

  @Test
  void aVersionWhoseFilesAreRemovedDuringTheRunIsRefusedWithItsNumber() throws IOException {
    makeTable();

    JobRun run =
        observed(
            step -> {
              if (step == Step.STAGING_MADE) {
                try (Stream<Path> files = Files.walk(table)) {
                  for (Path file : files.filter(Parquets::isParquet).toList()) {
                    Files.delete(file);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("version 0", "VACUUM");
    assertThat(output).doesNotExist();
  }

  @Test
  void tableOfTheCatalogIsReadByItsName() throws IOException {
    parcels(0, ROWS).write().format("delta").saveAsTable("parcels");

    JobRun run = score("--input-table", "parcels", "--table-format", "delta");

    succeeds(run);
    assertThat(run.out()).contains("version 0");
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
  }

  @Test
  void anyOtherTableIsReadAsSparkReadsItAndThatIsSaid() throws IOException {
    parcels(0, ROWS).write().format("orc").partitionBy("day").saveAsTable("parcels");

    JobRun run =
        score(
            "--input-table",
            "parcels",
            "--partition",
            "day=2024-01-02",
            "--partition",
            "day=2024-01-03",
            "--output-partition",
            "night=1");

    succeeds(run);
    assertThat(run.err()).contains("parcels is read as Spark reads it");
    assertThat(Scores.of(output)).isEqualTo(Scores.where(scoresOfAll, id -> id % 3 > 0));
    assertThat(score("--input-table", "parcels", "--output-partition", "night=2").out())
        .doesNotContain("already");
    JobRun wrong = score("--input-table", "parcels", "--partition", "zone=1");
    assertThat(wrong.exitCode()).isEqualTo(3);
    assertThat(wrong.err()).contains("no partition column 'zone'; it has [day]");
    assertThat(score("--input-table", "parcels", "--as-of", "1").exitCode()).isEqualTo(3);
    assertThat(score("--input-table", "parcels", "--table-format", "delta").err())
        .contains("it is no Delta table");
  }

  @Test
  void partitionsThatACatalogsTableDoesNotHaveAreRefusedAndEmptyNothing() throws IOException {
    parcels(0, ROWS).write().format("orc").partitionBy("day").saveAsTable("parcels");
    Object[] first = {"--input-table", "parcels", "--output-partition", "night=1"};
    succeeds(score(with(first, "--partition", "day=2024-01-02")));
    Map<String, String> before = Scores.files(output);
    assertThat(before).isNotEmpty();

    for (Object[] none :
        List.of(
            new Object[] {"--partition", "day=2024-01-09"},
            new Object[] {"--partition", "day=2024-01-02", "--partition", "day=2024-01-09"},
            new Object[] {"--from", "2024-01-08", "--to", "2024-01-09"},
            new Object[] {"--from", "day=2024-01-03", "--to", "2024-01-09"})) {
      JobRun run = score(with(first, none));
      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
      assertThat(run.err()).contains("there is no partition day=2024-01-09");
      assertThat(Scores.files(output)).isEqualTo(before);
    }

    JobRun nothing = score(with(first, "--partition", "day=2024-01-09", "--skip-missing"));
    assertThat(nothing.exitCode()).as(nothing.err()).isEqualTo(3);
    assertThat(nothing.err()).contains("none of the requested partitions is in the input");
    assertThat(Scores.files(output)).isEqualTo(before);

    succeeds(score(with(first, "--from", "2024-01-03", "--to", "2024-01-09", "--skip-missing")));
    assertThat(Scores.of(output)).isEqualTo(Scores.where(scoresOfAll, id -> id % 3 == 2));
  }

  @Test
  void aRequestedNullPartitionIsTheRowsWithNull() throws IOException {
    Dataset<Row> rows =
        parcels(0, ROWS).withColumn("day", functions.expr("IF(parcel_id % 3 = 0, NULL, day)"));
    rows.write().format("orc").partitionBy("day").saveAsTable("parcels");
    rows.write().format("delta").partitionBy("day").save(table.toString());
    rows.write().partitionBy("day").parquet(directory.resolve("plain").toString());
    Map<Long, Integer> ofNull = Scores.where(scoresOfAll, id -> id % 3 == 0);
    String nothing = "day=__HIVE_DEFAULT_PARTITION__";
    Object[] inputs = {"--output-partition", "night=1", "--force", "--partition", nothing};

    succeeds(score(with(inputs, "--input-table", "parcels")));
    assertThat(Scores.of(output)).isEqualTo(ofNull);
    succeeds(score(inputs));
    assertThat(Scores.of(output)).isEqualTo(ofNull);
    Object[] plain = {"--model", model, "--keys", "parcel_id,note", "--output", output};
    plain = with(plain, "--input", directory.resolve("plain"));
    succeeds(JobRun.of(with(plain, inputs)));
    assertThat(Scores.of(output)).isEqualTo(ofNull);
    Object[] days = {"--from", "2024-01-02", "--to", "2024-01-03", "--output-partition", "night=1"};
    succeeds(JobRun.of(with(plain, days)));
    assertThat(Scores.of(output)).isEqualTo(Scores.where(scoresOfAll, id -> id % 3 > 0));
  }

  @Test
  void rowsThatAreGoneWhenTheyAreReadEmptyNothing() throws IOException {
    parcels(0, ROWS).write().format("orc").partitionBy("day").saveAsTable("parcels");
    Object[] asked = {"--input-table", "parcels", "--output-partition", "night=1"};
    asked = with(asked, "--partition", "day=2024-01-02");
    succeeds(score(asked));
    Map<String, String> before = Scores.files(output);

    JobRun run =
        observed(
            step -> {
              if (step == Step.STAGING_MADE) {
                SPARK.sql("ALTER TABLE parcels DROP PARTITION (day = DATE'2024-01-02')");
              }
            },
            asked);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains("no row of the requested partitions was read");
    assertThat(Scores.files(output)).isEqualTo(before);
  }

  @Test
  void anEmptyPartitionedTableIsRefusedAsThat() throws IOException {
    makeTable();
    sql("DELETE FROM %s");

    JobRun run = score();

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("has no partition: it is empty").doesNotContain("requested");
  }

  static Stream<Arguments> emptied() {
    return Forms.some(1, List.of("table --table", "seen --output")).stream()
        .map(form -> Arguments.of((Object[]) form.split(" ")));
  }

  @ParameterizedTest
  @MethodSource("emptied")
  void anInputThatHasBecomeEmptyReplacesNoPublishedRows(String input, String into)
      throws IOException {
    parcels(0, 40).write().format("delta").save(table.toString());
    SPARK.sql("CREATE OR REPLACE VIEW seen AS SELECT * FROM delta.`%s`".formatted(table));
    Path scores = directory.resolve("scores");
    Object[] run = {"--model", model, "--keys", "parcel_id", into, scores};
    run = with(run, "--input-table", input.equals("seen") ? input : table);
    Object[] first = into.equals("--table") ? with(run, "--create-table") : run;
    succeeds(JobRun.of(first));
    Map<String, String> before = Scores.files(scores);
    sql("DELETE FROM %s");

    JobRun emptied = JobRun.of(run);

    assertThat(emptied.exitCode()).as(emptied.err()).isEqualTo(3);
    assertThat(emptied.err())
        .contains("Cannot publish: no row of ", "has 40 published rows", "remove them first");
    assertThat(Scores.files(scores)).isEqualTo(before);
    Object[] other = first.clone();
    other[5] = directory.resolve("other");
    succeeds(JobRun.of(other));
    succeeds(JobRun.of(with(other, "--force")));
    SPARK.sql("DROP VIEW seen");
  }

  @Test
  void theConditionThatLeavesOutRowsIsNamedAndNotTheOneOfDeletedRows() throws IOException {
    makeTableWithDeletedRows();

    JobRun run = TestRules.with(TestRules.before("note 3"), () -> score());

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains("note < 'note 3'").doesNotContain("__delta_internal");
  }

  private static Object[] with(Object[] first, Object... more) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray();
  }

  @Test
  void viewsAndTablesOfDatabasesAreReadAsSparkReadsThem() throws IOException {
    makeTable();
    SPARK.sql(
        "CREATE VIEW seen AS SELECT * FROM delta.`%s` WHERE parcel_id < 100".formatted(table));
    String url = "jdbc:h2:mem:parcels;DB_CLOSE_DELAY=-1";
    parcels(0, ROWS).write().format("jdbc").option("url", url).option("dbtable", "p").save();
    SPARK.sql("CREATE TABLE parcels USING jdbc OPTIONS (url '%s', dbtable 'p')".formatted(url));

    JobRun view = score("--input-table", "seen");
    Map<Long, Integer> ofView = Scores.of(output);
    JobRun database = score("--input-table", "parcels", "--force");

    succeeds(view);
    assertThat(ofView).isEqualTo(Scores.where(scoresOfAll, id -> id < 100));
    succeeds(database);
    assertThat(database.err()).contains("parcels is read as Spark reads it");
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
    SPARK.sql("DROP VIEW seen");
  }

  @Test
  void rowsThatCannotBeScoredAreQuarantinedWithTheirFile() throws IOException {
    makeTable();
    sql("UPDATE %s SET weight = NULL WHERE parcel_id = 4");

    succeeds(score("--run-id", "bad", "--group-by", "day"));

    assertThat(Scores.of(output)).hasSize(ROWS - 1).doesNotContainKey(4L);
    Path quarantine;
    try (Stream<Path> files = Files.walk(directory.resolve("_paritree"))) {
      quarantine = files.filter(file -> file.endsWith("quarantine")).findFirst().orElseThrow();
    }

    Row row = SPARK.read().parquet(quarantine.toString()).collectAsList().get(0);
    assertThat(row.<Long>getAs("parcel_id")).isEqualTo(4);
    assertThat(row.<String>getAs("_source_file")).contains("day=2024-01-02/part-");
  }

  @Test
  void missingColumnsAndTablesAreNamed() {
    parcels(0, 3).drop("zone").write().format("delta").save(table.toString());

    JobRun run = score();

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("column 'zone', which the model reads, is not in table");
    JobRun none = score("--input-table", directory.resolve("nowhere"));
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains("Cannot read table", "nowhere");
    assertThat(score("--input-table", "nowhere").err())
        .contains("Cannot read table nowhere: ", "a path needs a slash, as ./nowhere");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TABLE@v0|Delta takes '@v0' at the end of a path for a version of the table; give TABLE and"
            + " --as-of 0",
        "TABLE@V12/|give TABLE and --as-of 12",
        "TABLE@20240131235958123|give TABLE and --as-of 2024-01-31T23:59:58.123Z",
        "delta.`TABLE`|this is a table in SQL; give the path itself, TABLE",
        "parcels@v0|Syntax error at or near '@'",
        "parcels VERSION AS OF 0|a version of it is given with --as-of",
        "parcels.|a table's name is of parts with dots between them",
        "a..b|a table's name is of parts",
        "\"parcels\"|a table's name is of parts",
        "lake.db.parcels|if 'lake' is a catalog, Spark needs its settings, spark.sql.catalog.lake"
      })
  void aNameThatIsNoneIsRefusedInOneSentence(String name, String sentence) {
    String given = name.replace("TABLE", fixed.toString());

    for (Object[] more : List.of(new Object[0], new Object[] {"--as-of", "0"})) {
      JobRun run =
          score(Stream.concat(Stream.of("--input-table", given), Stream.of(more)).toArray());

      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
      assertThat(run.err().strip())
          .startsWith("Cannot read table " + given)
          .contains(sentence.replace("TABLE", fixed.toString()))
          .hasLineCount(1);
    }
  }

  @Test
  void aDirectoryThatIsNamedLikeAVersionIsRead() throws IOException {
    makeTable();
    Path named = table.resolveSibling("other@v0");
    parcels(0, ROWS).write().format("delta").save(named.toString());

    JobRun run = score("--input-table", named);

    succeeds(run);
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
  }
}
