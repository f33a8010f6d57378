package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.lookup.TableIndexes;
import io.paritree.model.TestPackages;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows become visible in a Delta table by one commit, which replaces the run's partitions. */
@Tag("clusters")
class TableOutputTest {
  private static final SparkSession SPARK = TestSpark.session();
  private static final int ROWS = 100;

  @TempDir Path directory;
  private TestPackages packages;
  private String model;
  private Path input;
  private Path table;

  @BeforeEach
  void makeInput() {
    packages = new TestPackages(directory.resolve("models"));
    model = packages.binary().toString();
    input = directory.resolve("in");
    table = directory.resolve("score table");
    for (int day = 1; day <= 2; day++) {
      Parcels.write(input.resolve("day=2024-01-0" + day), (day - 1) * ROWS, day * ROWS, 0, 2);
    }
  }

  @AfterEach
  void dropTables() {
    SPARK.sql("DROP TABLE IF EXISTS scores");
  }

  private JobRun score(Object... more) {
    return observed(StepObserver.NONE, more);
  }

  private JobRun observed(StepObserver observer, Object... more) {
    return JobRun.observed(
        observer,
        Map.of("--model", model, "--input", input, "--keys", "parcel_id", "--table", table),
        Stream.concat(Stream.of("--create-table"), Stream.of(more)).toArray());
  }

  private static void succeeds(JobRun run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private Dataset<Row> rows() {
    return SPARK.read().format("delta").load(table.toString());
  }

  private static void sql(String statement, Path table) {
    SPARK.sql(statement.replace("TABLE_", "delta.`%s`".formatted(table)));
  }

  private void sql(String statement) {
    sql(statement, table);
  }

  private long version() {
    return last().getLong(0);
  }

  private Row last() {
    return SPARK
        .sql("DESCRIBE HISTORY delta.`%s`".formatted(table))
        .select("version", "operation", "userMetadata", "operationParameters")
        .collectAsList()
        .get(0);
  }

  @Test
  void tableHasTheRowsAndBitsOfTheParquetOutput() {
    Path parquet = directory.resolve("parquet");
    succeeds(
        JobRun.of("--model", model, "--input", input, "--keys", "parcel_id", "--output", parquet));

    JobRun run = score("--run-id", "first");

    succeeds(run);
    assertThat(Scores.of(rows())).hasSize(2 * ROWS).isEqualTo(Scores.of(parquet));
    assertThat(rows().where("day = '2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(version()).isZero();
    assertThat(last().getString(2))
        .contains("\"run\":\"first\"", "\"model_version\":", "\"digest\":", "\"model\":");
    assertThat(last().getMap(3).toString()).contains("Overwrite", "day");
  }

  @Test
  void secondRunChangesNothingAndAnotherPartitionIsAdded() throws IOException {
    succeeds(score("--partition", "day=2024-01-01"));
    Map<String, String> files = Scores.files(table);

    JobRun again = score("--partition", "day=2024-01-01");

    succeeds(again);
    assertThat(again.out()).contains("already published");
    assertThat(Scores.files(table)).isEqualTo(files);
    JobRun both = score();
    succeeds(both);
    assertThat(both.out()).contains("published before: 1 partition (day=2024-01-01)");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(version()).isEqualTo(1);
  }

  @Test
  void aRunDoesNotReplaceWhatAnotherPublishesWhileItListsItsInput() {
    succeeds(score("--partition", "day=2024-01-01"));
    Path newer = directory.resolve("newer");
    Parcels.write(newer.resolve("day=2024-01-01"), 0, 20, 0, 1);
    WatchedFileSystem.beforeNextList(() -> succeeds(score("--input", newer, "--force")));

    JobRun run = score("--input", "watched://" + input, "--force");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(5);
    assertThat(rows().count()).isEqualTo(20);
  }

  @Test
  void indexesBelongToTheVersionThatTheCommitMakes() throws Exception {
    Object index = "--lookup-index";
    succeeds(score(index, "--partition", "day=2024-01-01", "--run-id", "one"));
    assertThat(indexes().runs().keySet()).containsExactly("day=2024-01-01");
    succeeds(score(index, "--run-id", "two"));
    Map<String, String> both = indexes().runs();
    assertThat(both).hasSize(2);
    assertThat(both.get("day=2024-01-01")).startsWith("one");
    assertThat(both.get("day=2024-01-02")).startsWith("two");
    assertThat(stored()).isEqualTo(Scores.of(rows()));

    sql("DELETE FROM TABLE_ WHERE parcel_id = 3");
    sql("OPTIMIZE TABLE_");
    succeeds(score(index, "--partition", "day=2024-01-01", "--run-id", "three"));
    assertThat(indexes().base()).isEqualTo(version() - 1);
    assertThat(indexes().runs().get("day=2024-01-01")).startsWith("three");
    assertThat(indexes().runs().get("day=2024-01-02")).startsWith("two");
    assertThat(stored()).isEqualTo(Scores.of(rows())).hasSize(2 * ROWS);
    try (Stream<Path> kept = Files.list(StateDirectory.indexes(state()).toPath())) {
      assertThat(kept.map(run -> run.getFileName().toString().replaceFirst("-.*", "")))
          .containsExactlyInAnyOrder("two", "three");
    }
  }

  @Test
  void indexesStayOfPartitionsWithoutRowsAndOfRewrittenFiles() throws Exception {
    Parcels.write(input.resolve("day=2023-12-31"), 0, 10, 1, 1);
    List<Object> all =
        List.of("--lookup-index", "--max-quarantined", "1", "--group-by", "day", "--run-id", "one");
    succeeds(score(all.toArray()));
    assertThat(runsOfIndexes())
        .isEqualTo(
            Map.of("day=2023-12-31", "one", "day=2024-01-01", "one", "day=2024-01-02", "one"));
    Set<String> files = Set.of(rows().inputFiles());

    sql("OPTIMIZE TABLE_ ZORDER BY (parcel_id)");
    assertThat(rows().inputFiles()).doesNotContainAnyElementsOf(files);
    Object index = "--lookup-index";
    succeeds(score(index, "--partition", "day=2024-01-01", "--run-id", "two"));
    assertThat(runsOfIndexes())
        .isEqualTo(
            Map.of("day=2023-12-31", "one", "day=2024-01-01", "two", "day=2024-01-02", "one"));
    assertThat(stored()).isEqualTo(Scores.of(rows())).hasSize(2 * ROWS);

    sql("UPDATE TABLE_ SET score = 0 WHERE parcel_id = 150");
    String other = packages.binary(2, 6).toString();
    succeeds(score(index, "--model", other, "--partition", "day=2024-01-01", "--run-id", "three"));
    assertThat(runsOfIndexes())
        .isEqualTo(Map.of("day=2023-12-31", "one", "day=2024-01-01", "three"));
    assertThat(stored()).isEqualTo(Scores.of(rows().where("day = '2024-01-01'"))).hasSize(ROWS);
  }

  /** Returns the ids of the runs whose indexes belong to the last commit's version. */
  private Map<String, String> runsOfIndexes() throws IOException {
    Map<String, String> runs = new TreeMap<>(indexes().runs());
    runs.replaceAll((partition, run) -> run.replaceFirst("-.*", ""));
    return runs;
  }

  private Location state() throws IOException {
    return StateDirectory.of(Location.of(table.toRealPath()), Optional.empty());
  }

  /** Returns what the run of the last commit says about the table's indexes. */
  private TableIndexes indexes() throws IOException {
    String commit = Files.readString(table.resolve("_delta_log/%020d.json".formatted(version())));
    Path all = StateDirectory.indexes(state()).toPath();
    try (Stream<Path> runs = Files.list(all)) {
      Path run =
          runs.filter(one -> commit.contains("\"appId\":\"" + one.getFileName() + '"'))
              .findAny()
              .orElseThrow();
      return TableIndexes.fromJson(
          Files.readAllBytes(run.resolve(TableIndexes.FILE)), run.toString());
    }
  }

  /** Returns the bits of all scores in the table's indexes. */
  private Map<Long, Integer> stored() throws Exception {
    Map<Long, Integer> scores = new TreeMap<>();
    for (Map.Entry<String, String> run : indexes().runs().entrySet()) {
      Path at = StateDirectory.index(state(), run.getValue(), run.getKey()).toPath();
      try (LookupIndex index = LookupIndex.open(at)) {
        for (long key = 0; key < 2 * ROWS; key++) {
          KeyBytes bytes = new KeyBytes();
          bytes.putLong(key);
          if (index.find(bytes).orElse(null) instanceof Scored row) {
            assertThat(scores.put(key, Float.floatToRawIntBits(row.scores()[0]))).isNull();
          }
        }
      }
    }

    return scores;
  }

  @Test
  void groupsAreCommitsOfTheirOwn() {
    succeeds(score("--group-by", "day", "--run-id", "r"));

    assertThat(version()).isEqualTo(1);
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(score("--group-by", "day").out()).contains("already published");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM TABLE_ WHERE parcel_id = 3",
        "UPDATE TABLE_ SET score = 0 WHERE parcel_id = 3",
        "DELETE FROM TABLE_ WHERE day = '2024-01-01'",
        "INSERT INTO TABLE_ SELECT * FROM TABLE_ WHERE parcel_id = 3"
      })
  void whatAnotherWriterDidToAPartitionIsReplaced(String statement) {
    succeeds(score());
    Map<Long, Integer> before = Scores.of(rows());
    sql(statement);

    JobRun run = score();

    succeeds(run);
    assertThat(run.out()).contains("published before: 1 partition (day=2024-01-02)");
    assertThat(Scores.of(rows())).isEqualTo(before);
  }

  @Test
  void deletionVectorsOfOthersAreHonoured() {
    succeeds(score());
    Map<Long, Integer> before = Scores.of(rows());
    sql("ALTER TABLE TABLE_ SET TBLPROPERTIES ('delta.enableDeletionVectors' = true)");
    sql("DELETE FROM TABLE_ WHERE parcel_id IN (3, 150)");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS - 2);

    succeeds(score("--partition", "day=2024-01-01"));

    assertThat(Scores.of(rows())).hasSize(2 * ROWS - 1).containsKey(3L).doesNotContainKey(150L);
    succeeds(score());
    assertThat(Scores.of(rows())).isEqualTo(before);
  }

  @Test
  void anotherModelReplacesTheRowsAndOldVersionsStay() {
    succeeds(score());
    Map<Long, Integer> before = Scores.of(rows());
    String other = packages.binary(2, 6).toString();

    succeeds(score("--model", other, "--partition", "day=2024-01-02"));

    Map<Long, Integer> after = Scores.of(rows());
    assertThat(after).hasSize(2 * ROWS).isNotEqualTo(before);
    assertThat(after.get(3L)).isEqualTo(before.get(3L));
    assertThat(
            Scores.of(SPARK.read().format("delta").option("versionAsOf", 0).load(table.toString())))
        .isEqualTo(before);
  }

  /** Another writer acts when the run has verified its files, or in the midst of its commit. */
  private JobRun disturbed(Step when, Runnable other, Object... more) {
    boolean[] done = new boolean[1];
    return observed(
        step -> {
          if (step == when && !done[0]) {
            done[0] = true;
            other.run();
          }
        },
        more);
  }

  @ParameterizedTest
  @CsvSource({"STAGING_MADE", "VERIFIED", "COMMIT_BEGUN"})
  void aWriterToTheSamePartitionsIsAConflict(Step when) throws IOException {
    succeeds(score());
    String other = packages.binary(2, 6).toString();

    JobRun run =
        disturbed(
            when,
            () -> sql("INSERT INTO TABLE_ SELECT * FROM TABLE_ WHERE parcel_id = 3"),
            "--model",
            other,
            "--partition",
            "day=2024-01-01");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(5);
    assertThat(run.err()).contains("another writer has changed day=2024-01-01");
    assertThat(rows().count()).isEqualTo(2 * ROWS + 1);
    assertThat(rows().select("model_version").distinct().count()).isEqualTo(1);
    try (Stream<Path> files = Files.walk(table.resolve("day=2024-01-01"))) {
      assertThat(files.filter(Parquets::isParquet).count())
          .as("the run's files are removed")
          .isEqualTo(rows().where("day = '2024-01-01'").inputFiles().length);
    }
  }

  @ParameterizedTest
  @CsvSource({"STAGING_MADE", "VERIFIED", "COMMIT_BEGUN"})
  void writersToOtherPartitionsAndOptimizeAreNone(Step when) {
    succeeds(score());
    String other = packages.binary(2, 6).toString();

    JobRun run =
        disturbed(
            when,
            () -> {
              sql("INSERT INTO TABLE_ SELECT * FROM TABLE_ WHERE parcel_id = 150");
              sql("OPTIMIZE TABLE_");
            },
            "--model",
            other,
            "--partition",
            "day=2024-01-01");

    succeeds(run);
    assertThat(rows().where("day = '2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(rows().where("day = '2024-01-02'").count()).isEqualTo(ROWS + 1);
    assertThat(rows().select("model_version").distinct().count()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"STAGING_MADE", "COMMIT_BEGUN"})
  void theSameRunTwiceAtOncePublishesOnce(Step when) {
    succeeds(score("--partition", "day=2024-01-01"));

    JobRun run =
        disturbed(
            when,
            () -> succeeds(score("--partition", "day=2024-01-02", "--run-id", "inner")),
            "--partition",
            "day=2024-01-02");

    succeeds(run);
    assertThat(run.out()).contains("already published");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(last().getString(2)).contains("inner");
  }

  @Test
  void tablesThatAreNotThereAreMadeOnRequestOnly() {
    JobRun run =
        JobRun.of("--model", model, "--input", input, "--keys", "parcel_id", "--table", table);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("there is no Delta table; it is made with --create-table");
    assertThat(table).doesNotExist();
    succeeds(score("--dry-run"));
    assertThat(table).doesNotExist();
  }

  @Test
  void columnsAreAddedOnRequestOnly() {
    succeeds(score());

    JobRun refused = score("--margin");

    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("lacks the columns [margin]; they are added with --evolve");
    succeeds(score("--margin", "--evolve", "--partition", "day=2024-01-01"));
    assertThat(rows().where("margin IS NOT NULL").count()).isEqualTo(ROWS);
    JobRun fewer = score();
    assertThat(fewer.exitCode()).isEqualTo(3);
    assertThat(fewer.err()).contains("has the columns [margin], which this run does not write");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "parcel_id BIGINT, score DOUBLE, label STRING, model_version STRING, day STRING"
            + "|PARTITIONED BY (day)|column 'score' is DOUBLE",
        "PARCEL_ID BIGINT, score FLOAT, label STRING, model_version STRING, day STRING"
            + "|PARTITIONED BY (day)|column 'parcel_id' is 'PARCEL_ID' in table",
        "parcel_id BIGINT, score FLOAT, label STRING, model_version STRING, day STRING"
            + "||is partitioned by [], and this run would write partitions by [day]",
        "parcel_id BIGINT, score FLOAT, label STRING, model_version STRING, day INT"
            + "|PARTITIONED BY (day)|partition day=2024-01-01 cannot be written",
        "parcel_id BIGINT NOT NULL, score FLOAT, label STRING, model_version STRING, day DATE"
            + "|PARTITIONED BY (day)|'parcel_id', which is NOT NULL",
        "parcel_id BIGINT, score FLOAT, label STRING, model_version STRING, day DATE"
            + "|PARTITIONED BY (day) TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
            + "|maps its columns",
        "parcel_id BIGINT, score FLOAT, label STRING, model_version STRING, day DATE"
            + "|PARTITIONED BY (day) TBLPROPERTIES ('delta.enableRowTracking' = 'true')"
            + "|tracks its rows",
        "parcel_id BIGINT, score FLOAT, label STRING, model_version STRING, day DATE"
            + "|PARTITIONED BY (day) TBLPROPERTIES ('delta.appendOnly' = 'true')"
            + "|is append-only",
        "parcel_id BIGINT, score FLOAT, label STRING, model_version STRING, day STRING"
            + "|CLUSTER BY (parcel_id)|clustering",
        "parcel_id BIGINT, score FLOAT, label STRING, model_version STRING, day DATE,"
            + " next BIGINT GENERATED ALWAYS AS (parcel_id + 1)"
            + "|PARTITIONED BY (day)|column 'next', which is generated",
        "parcel_id BIGINT, score FLOAT, label STRING, model_version VARCHAR(99), day DATE"
            + "|PARTITIONED BY (day)|is CHAR or VARCHAR"
      })
  void tablesThatCannotTakeTheRowsAreRefusedInASentence(
      String columns, String more, String sentence) {
    SPARK.sql(
        "CREATE TABLE delta.`%s` (%s) USING delta %s"
            .formatted(table, columns, more == null ? "" : more));

    JobRun run = score();

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains(sentence);
    assertThat(rows().count()).isZero();
  }

  @Test
  void checkConstraintsAreRefused() {
    succeeds(score("--partition", "day=2024-01-01"));
    sql("ALTER TABLE TABLE_ ADD CONSTRAINT positive CHECK (parcel_id >= 0)");

    JobRun run = score();

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("CHECK constraint positive");
  }

  @Test
  void aNamedTableWithTypedPartitionsIsWritten() {
    SPARK.sql(
        "CREATE TABLE scores (parcel_id BIGINT, score FLOAT, label STRING, model_version STRING,"
            + " day DATE) USING delta PARTITIONED BY (day)");

    succeeds(score("--table", "scores"));

    assertThat(Scores.of(SPARK.table("scores"))).hasSize(2 * ROWS);
    assertThat(SPARK.table("scores").where("day = DATE'2024-01-02'").count()).isEqualTo(ROWS);
    assertThat(score("--table", "scores").out()).contains("already published");
    JobRun none = score("--table", "nowhere");
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err())
        .contains("the catalog has no such table", "a path, which needs a slash, as ./nowhere");
  }

  private void refused(JobRun run, String... sentences) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains(sentences);
  }

  @Test
  void rowsThatParitreeHasNeverWrittenAreReplacedOnRequestOnly() {
    succeeds(score("--partition", "day=2024-01-02"));
    sql(
        "INSERT INTO TABLE_ SELECT parcel_id, 0, label, model_version, '2024-01-01' FROM TABLE_"
            + " LIMIT 30");
    long version = version();

    refused(
        score(),
        "30 rows in day=2024-01-01, of which nothing says that Paritree has written them",
        "--replace-foreign");
    refused(score("--dry-run"), "30 rows in day=2024-01-01");
    assertThat(version()).isEqualTo(version);
    succeeds(score("--partition", "day=2024-01-02", "--model", packages.binary(2, 6)));

    JobRun replacing = score("--replace-foreign");

    succeeds(replacing);
    assertThat(replacing.err()).contains("--replace-foreign: table", "30 rows in day=2024-01-01");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(score().out()).contains("already published");
  }

  @Test
  void rowsOfATableWithoutPartitionsAreReplacedOnRequestOnly() {
    Path whole = Parcels.write(directory.resolve("whole"), 0, ROWS, 0, 1);
    Path parquet = directory.resolve("parquet");
    succeeds(JobRun.ofParcels(model, whole, parquet));
    ScoringJobTest.read(parquet).limit(7).write().format("delta").save(table.toString());

    refused(score("--input", whole), "7 rows, of which nothing says");

    succeeds(score("--input", whole, "--replace-foreign"));
    assertThat(Scores.of(rows())).isEqualTo(Scores.of(parquet));
    sql("DELETE FROM TABLE_");
    succeeds(score("--input", whole));
  }

  @Test
  void rowsWhoseFilesOthersHaveRewrittenStayTheJobs() throws IOException {
    succeeds(score("--group-by", "day"));
    sql("OPTIMIZE TABLE_ ZORDER BY (parcel_id)");
    sql("UPDATE TABLE_ SET score = 0");

    succeeds(score("--model", packages.binary(2, 6), "--partition", "day=2024-01-01"));

    sql("OPTIMIZE TABLE_ ZORDER BY (score)");
    try (Stream<Path> state = Files.list(state().toPath())) {
      for (Path written : state.filter(file -> file.toString().contains("written-")).toList()) {
        Files.delete(written);
      }
    }

    refused(score(), "200 rows in day=2024-01-01, day=2024-01-02, of which nothing says");
  }

  @Test
  void aTableThatWasMadeAnewIsAnotherOne() throws IOException {
    succeeds(score());
    Dataset<Row> copy = rows().limit(7);
    Path other = directory.resolve("other");
    copy.write().format("delta").partitionBy("day").save(other.toString());
    FileUtils.deleteDirectory(table.toFile());
    SPARK
        .read()
        .format("delta")
        .load(other.toString())
        .write()
        .format("delta")
        .partitionBy("day")
        .save(table.toString());

    refused(score(), "7 rows in ");
  }

  @Test
  void valuesThatAreUtf8InEscapesAreValuesOfTheTable() {
    Path cities = directory.resolve("cities");
    Parcels.write(cities.resolve("city=K%C3%B6ln"), 0, ROWS, 0, 1);
    Parcels.write(cities.resolve("city=Köln"), ROWS, ROWS + 10, 0, 1);

    succeeds(score("--input", cities));

    assertThat(rows().where("city = 'Köln'").count()).isEqualTo(ROWS + 10);
    assertThat(rows().count()).isEqualTo(ROWS + 10);
  }

  /** Delta's own writers always write {@code 2024-01-01}, and its readers take both. */
  @Test
  void rowsOfAPartitionWhoseValueAnotherWriterHasSpelledOtherwiseAreReplaced() throws IOException {
    sql(
        "CREATE TABLE TABLE_ (parcel_id BIGINT, score FLOAT, label STRING, model_version STRING,"
            + " day DATE) USING delta PARTITIONED BY (day)");
    succeeds(score());
    Path other = table.resolve("other.parquet");
    try (Stream<Path> ours = Files.list(table.resolve("day=2024-01-01"))) {
      Files.copy(ours.filter(Parquets::isParquet).findFirst().orElseThrow(), other);
    }

    Files.writeString(
        table.resolve("_delta_log/%020d.json".formatted(version() + 1)),
        """
        {"add":{"path":"other.parquet","partitionValues":{"day":"2024-1-1"},"size":%s,"modificationTime":1,"dataChange":true}}
        """
            .formatted(Files.size(other)));
    assertThat(rows().where("day = DATE'2024-01-01'").count()).isGreaterThan(ROWS);

    succeeds(score("--model", packages.binary(2, 6), "--partition", "day=2024-01-01"));

    assertThat(rows().where("day = DATE'2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(rows().count()).isEqualTo(2 * ROWS);
  }

  @Test
  void foreignRowsAreSeenWhoseValueAnotherWriterHasSpelledOtherwise() throws IOException {
    sql(
        "CREATE TABLE TABLE_ (parcel_id BIGINT, score FLOAT, label STRING, model_version STRING,"
            + " day DATE) USING delta PARTITIONED BY (day)");
    succeeds(score("--partition", "day=2024-01-02"));
    Path other = table.resolve("other.parquet");
    try (Stream<Path> ours = Files.list(table.resolve("day=2024-01-02"))) {
      Files.copy(ours.filter(Parquets::isParquet).findFirst().orElseThrow(), other);
    }

    Files.writeString(
        table.resolve("_delta_log/%020d.json".formatted(version() + 1)),
        """
        {"add":{"path":"other.parquet","partitionValues":{"day":"2024-1-1"},"size":%s,"modificationTime":1,"dataChange":true}}
        """
            .formatted(Files.size(other)));
    long foreign = rows().where("day = DATE'2024-01-01'").count();

    refused(score(), foreign + " rows in day=2024-1-1, of which nothing says");

    JobRun replacing = score("--replace-foreign");
    succeeds(replacing);
    assertThat(replacing.err()).doesNotContain("they stay as before", "it stays as before");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
  }

  @Test
  void aPartitionWithoutScoredRowsBecomesEmptyOnce() {
    succeeds(score("--output-partition", "night=a b/c"));
    assertThat(rows().where("night = 'a b/c'").count()).isEqualTo(2 * ROWS);
    Path bad = directory.resolve("bad");
    Parcels.write(bad, 0, 10, 1, 1);

    succeeds(score("--input", bad, "--output-partition", "night=a b/c", "--max-quarantined", "1"));

    assertThat(rows().count()).isZero();
    assertThat(
            score("--input", bad, "--output-partition", "night=a b/c", "--max-quarantined", "1")
                .out())
        .contains("already published");
  }

  @Test
  void aRunThatIsRefusedLeavesNothingInTheTable() throws IOException {
    succeeds(score());
    Map<String, String> files = Scores.files(table);
    Path bad = directory.resolve("bad");
    Parcels.write(bad.resolve("day=2024-01-01"), 0, 10, 2, 1);

    JobRun run = score("--input", bad, "--max-quarantined", "0");

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(Scores.files(table)).isEqualTo(files);
    JobRun repeated = score("--output-partition", "day=x", "--keys", "express", "--unique-keys");
    assertThat(repeated.exitCode()).as(repeated.err()).isEqualTo(3);
  }

  @Test
  void aRunThatPublishesNothingMakesNoTable() {
    Path bad = directory.resolve("bad");
    Parcels.write(bad.resolve("day=2024-01-01"), 0, 10, 2, 1);

    assertThat(score("--input", bad).exitCode()).isEqualTo(4);

    assertThat(log()).as("Delta's log").doesNotExist();
    JobRun failed =
        observed(
            step -> {
              if (step == Step.COMMIT_BEGUN) {
                throw new IllegalStateException("as if the run had died here");
              }
            });
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(log()).doesNotExist();
    succeeds(score());
    assertThat(version()).isZero();
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
  }

  private Path log() {
    return table.resolve("_delta_log");
  }

  @Test
  void aRunThatPublishesNothingAddsNoColumn() {
    succeeds(score());
    Path bad = directory.resolve("bad");
    Parcels.write(bad.resolve("day=2024-01-01"), 0, 10, 2, 1);
    Object[] margin = {"--margin", "--evolve"};

    assertThat(score("--margin", "--evolve", "--input", bad).exitCode()).isEqualTo(4);
    JobRun late =
        disturbed(
            Step.VERIFIED,
            () -> sql("DELETE FROM TABLE_ WHERE day = '2024-01-01' AND parcel_id = 3"),
            margin);

    assertThat(late.exitCode()).as(late.err()).isEqualTo(5);
    assertThat(rows().columns()).doesNotContain("margin");
    succeeds(score());
    long version = version();
    succeeds(score(margin));
    assertThat(version()).as("columns and rows are one commit").isEqualTo(version + 1);
    assertThat(rows().where("margin IS NOT NULL").count()).isEqualTo(2 * ROWS);
  }

  @Test
  void aRunWhoseCommitIsProvedHasPublishedThoughTheTableCannotBeReadThen() throws IOException {
    Path broken = log().resolve("00000000000000000001.json");

    JobRun run =
        disturbed(
            Step.COMMIT_PROVED,
            () -> {
              try {
                Files.writeString(broken, "{");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    Files.delete(broken);
    succeeds(run);
    assertThat(run.out()).contains("day=2024-01-01");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
  }

  @Test
  void columnsThatAnotherRunHasAddedMeanwhileAreTaken() {
    succeeds(score("--partition", "day=2024-01-01"));

    JobRun run =
        disturbed(
            Step.VERIFIED,
            () -> succeeds(score("--margin", "--evolve", "--partition", "day=2024-01-02")),
            "--margin",
            "--evolve",
            "--partition",
            "day=2024-01-01");

    succeeds(run);
    assertThat(rows().where("margin IS NOT NULL").count()).isEqualTo(2 * ROWS);
  }

  @Test
  void aTableThatAnotherRunHasMadeMeanwhileIsTaken() {
    JobRun run =
        disturbed(
            Step.VERIFIED,
            () -> succeeds(score("--partition", "day=2024-01-02")),
            "--partition",
            "day=2024-01-01");

    succeeds(run);
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(version()).isEqualTo(1);
  }

  @Test
  void columnsOfGroupsAreAddedWithTheFirst() {
    succeeds(score("--group-by", "day"));

    succeeds(score("--group-by", "day", "--margin", "--evolve"));

    assertThat(version()).isEqualTo(3);
    assertThat(rows().where("margin IS NOT NULL").count()).isEqualTo(2 * ROWS);
  }

  @Test
  void noTableIsMadeAmongTheFilesOfOthers() throws IOException {
    Parcels.write(table.resolve("day=2024-01-01"), 0, 10, 0, 1);

    JobRun run = score();

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("cannot be made: its directory holds", "day=2024-01-01/");
    assertThat(log()).doesNotExist();
  }

  @Test
  void filesThatAKilledRunHasLeftDoNotPreventThatTheTableIsMade() throws IOException {
    JobRun killed =
        observed(
            step -> {
              if (step == Step.COMMIT_BEGUN) {
                throw new IllegalStateException("as if the run had died here");
              }
            });
    assertThat(killed.exitCode()).isEqualTo(1);
    assertThat(Scores.files(table)).isNotEmpty();

    succeeds(score());

    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
  }

  @Test
  void aHeldPartitionKeepsItsRowsAndTheOthersAreOneCommit() throws IOException {
    succeeds(score());
    Map<Long, Integer> before = Scores.of(rows().where("day = '2024-01-02'"));
    long version = version();
    Path bad = directory.resolve("bad");
    Parcels.write(bad.resolve("day=2024-01-01"), 0, 10, 0, 1);
    Parcels.write(bad.resolve("day=2024-01-02"), 20, 30, 2, 1);
    Parcels.write(bad.resolve("day=2024-01-03"), 30, 40, 0, 1);
    Object[] held = {"--input", bad, "--lookup-index", "--run-id", "held"};

    JobRun run = score(held);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
    assertThat(run.err()).contains("- day=2024-01-02: 5 of 10 rows (50.0 %)");
    assertThat(version()).isEqualTo(version + 1);
    assertThat(Scores.of(rows().where("day = '2024-01-02'"))).isEqualTo(before);
    assertThat(rows().where("day <> '2024-01-02'").count()).isEqualTo(20);
    assertThat(indexes().runs().keySet())
        .containsExactlyInAnyOrder("day=2024-01-01", "day=2024-01-03");
    assertThat(Scores.files(table.resolve("day=2024-01-02")).keySet())
        .as("files of the partition, which the first run has written")
        .filteredOn(file -> file.endsWith(".parquet"))
        .allMatch(file -> known().stream().anyMatch(name -> name.endsWith(file)));
    Parcels.rewrite(bad.resolve("day=2024-01-02"), 20, 30, 0);
    succeeds(score(held));
    assertThat(Scores.of(rows())).hasSize(30);
  }

  private List<String> known() {
    return List.of(rows().inputFiles());
  }

  @Test
  void partitionsOfSeveralColumnsAndStrangeValuesAreReplacedExactly() {
    Path strange = directory.resolve("strange");
    List<String> partitions =
        List.of(
            "region=it%27s %5C/hour=1",
            "region=it%27s %5C/hour=2", "region=__HIVE_DEFAULT_PARTITION__/hour=1");
    for (int index = 0; index < partitions.size(); index++) {
      Parcels.write(strange.resolve(partitions.get(index)), index * ROWS, (index + 1) * ROWS, 0, 1);
    }

    succeeds(score("--input", strange));
    Map<Long, Integer> before = Scores.of(rows());
    assertThat(before).hasSize(3 * ROWS);
    assertThat(rows().where("region IS NULL AND hour = '1'").count()).isEqualTo(ROWS);
    assertThat(score("--input", strange).out()).contains("already published");

    succeeds(
        score(
            "--input",
            strange,
            "--model",
            packages.binary(2, 6),
            "--partition",
            "region=it's \\",
            "--partition",
            "hour=2",
            "--partition",
            "region=__HIVE_DEFAULT_PARTITION__",
            "--partition",
            "hour=1"));

    assertThat(rows().count()).isEqualTo(3 * ROWS);
    assertThat(rows().where("region = 'it\\'s \\\\'").count()).isEqualTo(2 * ROWS);
    assertThat(Scores.of(rows())).hasSize(3 * ROWS).isNotEqualTo(before);
  }

  @Test
  void directoriesWhoseNamesAreEscapedOtherwiseAreThePartitionsOfTheirValues() throws Exception {
    Path odd = directory.resolve("odd");
    Parcels.write(odd.resolve("region=New%20York"), 0, ROWS, 0, 1);
    Parcels.write(odd.resolve("region=a%3ab"), ROWS, ROWS + 50, 0, 1);
    Parcels.write(odd.resolve("region=a%3Ab"), ROWS + 50, 2 * ROWS, 0, 1);
    Object[] run = {"--input", odd, "--lookup-index"};

    succeeds(score(run));

    long version = version();
    assertThat(score(run).out()).contains("already published");
    assertThat(version()).isEqualTo(version);
    assertThat(rows().where("region = 'New York'").count()).isEqualTo(ROWS);
    assertThat(rows().where("region = 'a:b'").count()).isEqualTo(ROWS);
    assertThat(indexes().runs()).containsOnlyKeys("region=New York", "region=a%3Ab");
    assertThat(stored()).isEqualTo(Scores.of(rows())).hasSize(2 * ROWS);
    JobRun late =
        disturbed(
            Step.STAGING_MADE,
            () -> sql("INSERT INTO TABLE_ SELECT * FROM TABLE_ WHERE parcel_id = 3"),
            "--input",
            odd,
            "--model",
            packages.binary(2, 6));
    assertThat(late.exitCode()).as(late.err()).isEqualTo(5);
    assertThat(late.err()).contains("another writer has changed region=New York");
  }

  @Test
  void aPathThatReadersTakeForAVersionIsNotMade() throws IOException {
    for (String end : List.of("@v0", "@20240131235958123")) {
      JobRun run = score("--table", table + end);

      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
      assertThat(run.err())
          .contains(
              "Delta takes '%s' at the end of a path for a version of the table, which does not change"
                  .formatted(end));
      assertThat(Path.of(table + end)).doesNotExist();
    }

    JobRun sql = score("--table", "delta.`%s`".formatted(table));

    assertThat(sql.exitCode()).as(sql.err()).isEqualTo(3);
    assertThat(sql.err()).contains("give the path itself, " + table);
    assertThat(Path.of("delta.`")).doesNotExist(); // no record of the run is kept there
  }
}
