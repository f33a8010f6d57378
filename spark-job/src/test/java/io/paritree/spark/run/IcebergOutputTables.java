package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Sha256;
import io.paritree.model.TestPackages;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.tables.iceberg.IcebergRuntime;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.types.Types;
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
import org.junit.jupiter.params.provider.CsvSource;

/** A table of Iceberg becomes the run's output by one snapshot; run by {@link IcebergIT}. */
class IcebergOutputTables {
  private static final SparkSession SPARK = TestSpark.interpreting();
  private static final int ROWS = 100;
  private static final String LAKE = SPARK.conf().get("spark.sql.catalog.lake.warehouse");

  @TempDir static Path shared;
  private static String model;
  private static String otherModel;
  private static Path days;

  @TempDir Path directory;
  private Path input;
  private Path table;

  @BeforeAll
  static void makeModels() {
    TestPackages packages = new TestPackages(shared.resolve("models"));
    model = packages.binary().toString();
    otherModel = packages.binary(2, 6).toString();
    days = shared.resolve("in");
    for (int day = 1; day <= 2; day++) {
      Parcels.write(days.resolve("day=2024-01-0" + day), (day - 1) * ROWS, day * ROWS, 0, 2);
    }
  }

  @BeforeEach
  void choosePlaces() {
    input = directory.resolve("in");
    table = directory.resolve("score table");
  }

  @AfterEach
  void dropTables() {
    SPARK.sql("DROP TABLE IF EXISTS lake.scores PURGE");
    SPARK.sql("DROP TABLE IF EXISTS lake.drift PURGE");
  }

  private static void sql(String statement) {
    SPARK.sql(statement);
  }

  private static void succeeds(JobRun run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private static void refused(JobRun run, String... sentences) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains(sentences);
  }

  /** Takes two partitions that are the same for all tests, which do not change them. */
  private void takeDays() {
    input = days;
  }

  private JobRun score(Object... more) {
    return observed(StepObserver.NONE, more);
  }

  private JobRun observed(StepObserver observer, Object... more) {
    return JobRun.observed(
        observer,
        Map.of(
            "--model",
            model,
            "--input",
            input,
            "--keys",
            "parcel_id",
            "--table",
            table,
            "--table-format",
            "iceberg"),
        Stream.concat(Stream.of("--create-table"), Stream.of(more)).toArray());
  }

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

  @Test
  @Tag("nightly")
  void brokenNightsAreHeldWhateverOthersDoToTheFilesOfTheNightsBefore() throws Exception {
    makeEmptyScores();
    Location state = StateDirectory.of(Location.of(Path.of(LAKE, "scores").toAbsolutePath()));
    new RewrittenNights(
            directory.resolve("nights"),
            state,
            List.of(
                "CALL lake.system.rewrite_data_files(table => 'scores', options => map("
                    + "'rewrite-all', 'true'))",
                "DELETE FROM lake.scores WHERE parcel_id = ID"),
            IcebergOutputTables::sql)
        .check(
            more ->
                score(
                    Stream.concat(Stream.of("--table", "lake.scores"), Stream.of(more)).toArray()));
  }

  /** Makes a table of the catalog, so that SQL can change it. */
  private void makeScores() {
    makeEmptyScores();
    succeeds(score("--table", "lake.scores"));
  }

  private static void makeEmptyScores() {
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, score FLOAT, label STRING, model_version"
            + " STRING, day DATE) USING iceberg PARTITIONED BY (day) TBLPROPERTIES"
            + " ('write.delete.mode' = 'merge-on-read', 'write.update.mode' = 'merge-on-read')");
  }

  private Dataset<Row> rows() {
    IcebergRuntime.preparePaths(SPARK);
    return SPARK.read().format("iceberg").load(table.toString());
  }

  private static Dataset<Row> scores() {
    return SPARK.table("lake.scores");
  }

  private Table loaded() {
    return new HadoopTables(SPARK.sessionState().newHadoopConf()).load(table.toString());
  }

  @Test
  void tableHasTheRowsAndBitsOfTheParquetOutput() {
    takeDays();
    Path parquet = directory.resolve("parquet");
    succeeds(JobRun.ofParcels(model, input, parquet));

    succeeds(score("--run-id", "first"));

    assertThat(Scores.of(rows())).hasSize(2 * ROWS).isEqualTo(Scores.of(parquet));
    assertThat(rows().where("day = '2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(rows().where("parcel_id < 5").count()).isEqualTo(5);
    assertThat(loaded().snapshots()).hasSize(1);
    assertThat(loaded().currentSnapshot().summary())
        .containsEntry("paritree.run", "first")
        .containsKeys("paritree.model", "paritree.model_version", "paritree.digest")
        .containsEntry("added-records", String.valueOf(2 * ROWS));
    int sha256 = Integer.MAX_VALUE - 999_999; // the bound of a column that no table has
    assertThat(loaded().newScan().includeColumnStats().planFiles())
        .hasSizeGreaterThan(1)
        .allSatisfy(
            scanned -> {
              String location = scanned.file().location();
              Path file = Path.of(new org.apache.hadoop.fs.Path(location).toUri().getPath());
              assertThat(scanned.file().lowerBounds().get(sha256))
                  .isEqualTo(StandardCharsets.UTF_8.encode(Sha256.hex(Files.readAllBytes(file))));
            });
    JobRun audit =
        JobRun.ofAudit(
            "--table",
            table,
            "--table-format",
            "iceberg",
            "--model",
            model,
            "--keys",
            "parcel_id",
            "--strict");
    succeeds(audit);
    assertThat(audit.out()).containsPattern("2024-01-01 .*proved\n");
  }

  @Test
  void columnsOfEveryTypeAreFoundByTheirIds() {
    IcebergInputTables.parcels(0, ROWS)
        .withColumn("amount", functions.expr("decimal(parcel_id) / 7"))
        .withColumn("tags", functions.expr("array('a', string(parcel_id))"))
        .withColumn("small", functions.expr("smallint(parcel_id)"))
        .write()
        .parquet(input.toString());
    String pass = "amount,tags,small,day,at,note";

    succeeds(score("--pass", pass, "--reasons", "3"));

    sql("CREATE TEMPORARY VIEW seen AS SELECT * FROM parquet.`%s`".formatted(input));
    String columns = "parcel_id, " + pass;
    assertThat(
            rows()
                .selectExpr(columns.split(", |,"))
                .except(
                    SPARK.sql(
                        "SELECT parcel_id, amount, tags, int(small), day, at, note FROM seen"))
                .count())
        .isZero();
    assertThat(rows().where("size(reasons) = 3 AND reasons[0].field IS NOT NULL").count())
        .isEqualTo(ROWS);
    loaded().updateSchema().renameColumn("amount", "sum").renameColumn("score", "risk").commit();
    assertThat(rows().where("sum IS NOT NULL AND risk IS NOT NULL").count()).isEqualTo(ROWS);
  }

  @Test
  @Tag("nightly")
  void secondRunChangesNothingAndAnotherPartitionIsAdded() throws IOException {
    takeDays();
    succeeds(score("--partition", "day=2024-01-01"));
    Map<String, String> files = Scores.files(table);

    JobRun again = score("--partition", "day=2024-01-01");

    succeeds(again);
    assertThat(again.out()).contains("already published");
    assertThat(Scores.files(table)).isEqualTo(files);
    JobRun both = score("--group-by", "day");
    succeeds(both);
    assertThat(both.out()).contains("published before: 1 partition (day=2024-01-01)");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
  }

  @Test
  void whatIsPublishedIsKnownWhenItsSnapshotHasExpired() throws IOException {
    takeDays();
    succeeds(score("--partition", "day=2024-01-01"));
    succeeds(score("--partition", "day=2024-01-02"));
    loaded().expireSnapshots().expireSnapshotId(loaded().currentSnapshot().parentId()).commit();
    loaded().rewriteManifests().clusterBy(file -> "all").commit();

    assertThat(score().out()).contains("already published");
  }

  @Test
  @Tag("nightly")
  void whatAnotherWriterDidToAPartitionIsReplaced() throws IOException {
    FileUtils.copyDirectory(days.toFile(), input.toFile());
    for (int day = 3; day <= 5; day++) {
      Parcels.write(input.resolve("day=2024-01-0" + day), day * ROWS, day * ROWS + 20, 0, 1);
    }

    makeScores();
    Map<Long, Integer> before = Scores.of(scores());
    assertThat(before).hasSize(2 * ROWS + 60);
    sql("DELETE FROM lake.scores WHERE parcel_id = 3");
    sql("UPDATE lake.scores SET score = 0 WHERE parcel_id = %s".formatted(ROWS + 3));
    sql("DELETE FROM lake.scores WHERE day = '2024-01-03'");
    sql(
        "INSERT INTO lake.scores SELECT * FROM lake.scores WHERE parcel_id = %s"
            .formatted(4 * ROWS + 3));

    JobRun run = score("--table", "lake.scores");

    succeeds(run);
    assertThat(run.out()).contains("published before: 1 partition (day=2024-01-05)");
    assertThat(Scores.of(scores())).isEqualTo(before);
    assertThat(score("--table", "lake.scores").out()).contains("already published");
  }

  @ParameterizedTest
  @CsvSource({"STAGING_MADE", "COMMIT_BEGUN"})
  void aWriterToTheSamePartitionsIsAConflict(Step when) throws IOException {
    takeDays();
    makeScores();
    String statement =
        when == Step.STAGING_MADE
            ? "DELETE FROM lake.scores WHERE parcel_id = 3"
            : "INSERT INTO lake.scores SELECT * FROM lake.scores WHERE parcel_id = 3";

    JobRun run =
        disturbed(
            when,
            () -> sql(statement),
            "--table",
            "lake.scores",
            "--model",
            otherModel,
            "--partition",
            "day=2024-01-01");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(5);
    assertThat(run.err()).contains("another writer has changed day=2024-01-01");
    assertThat(scores().select("model_version").distinct().count()).isEqualTo(1);
    try (Stream<Path> files = Files.walk(Path.of(LAKE, "scores", "data"))) {
      assertThat(files.filter(Parquets::isParquet).map(Path::toString))
          .as("the run's files are removed")
          .hasSameSizeAs(
              SPARK.sql("SELECT DISTINCT file_path FROM lake.scores.all_files").collectAsList());
    }
  }

  @Test
  void writersToOtherPartitionsAndCompactionAreNone() {
    takeDays();
    makeScores();

    JobRun run =
        disturbed(
            Step.COMMIT_BEGUN,
            () -> {
              sql("INSERT INTO lake.scores SELECT * FROM lake.scores WHERE parcel_id = 150");
              sql(
                  "CALL lake.system.rewrite_data_files(table => 'scores', options => map("
                      + "'rewrite-all', 'true'))");
            },
            "--table",
            "lake.scores",
            "--model",
            otherModel,
            "--partition",
            "day=2024-01-01");

    succeeds(run);
    assertThat(scores().where("day = '2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(scores().where("day = '2024-01-02'").count()).isEqualTo(ROWS + 1);
    assertThat(scores().select("model_version").distinct().count()).isEqualTo(2);
  }

  @Test
  @Tag("nightly")
  void theSameRunTwiceAtOncePublishesOnce() {
    takeDays();
    succeeds(score("--partition", "day=2024-01-01"));

    JobRun run =
        disturbed(
            Step.COMMIT_BEGUN,
            () -> succeeds(score("--partition", "day=2024-01-02", "--run-id", "inner")),
            "--partition",
            "day=2024-01-02");

    succeeds(run);
    assertThat(run.out()).contains("already published");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(loaded().currentSnapshot().summary()).containsEntry("paritree.run", "inner");
  }

  @Test
  @Tag("nightly")
  void partitionsOfNullAndOfEmptyTextAreTwo() {
    Parcels.write(input.resolve("region=__HIVE_DEFAULT_PARTITION__"), 0, ROWS, 0, 2);
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, score FLOAT, label STRING, model_version"
            + " STRING, region STRING) USING iceberg PARTITIONED BY (region)");
    succeeds(score("--table", "lake.scores"));
    sql("INSERT INTO lake.scores SELECT parcel_id, 1, label, model_version, '' FROM lake.scores");

    assertThat(score("--table", "lake.scores").out()).contains("already published");
    succeeds(score("--table", "lake.scores", "--model", otherModel));

    assertThat(scores().where("region IS NULL").count()).isEqualTo(ROWS);
    assertThat(scores().where("region = '' AND score = 1").count()).isEqualTo(ROWS);
  }

  @Test
  @Tag("nightly")
  void tablesAreMadeOnRequestOnly() {
    takeDays();
    refused(
        JobRun.of(
            "--model",
            model,
            "--input",
            input,
            "--keys",
            "parcel_id",
            "--table",
            table,
            "--table-format",
            "iceberg"),
        "there is no Iceberg table; it is made with --create-table");
    succeeds(score("--dry-run"));
    assertThat(table).doesNotExist();
    succeeds(score());

    refused(
        score("--margin"),
        "lacks the columns [margin]; add them with ALTER TABLE ... ADD COLUMNS (`margin` FLOAT)");
  }

  @Test
  @Tag("nightly")
  void aTableIsRefusedWithTheStatementThatAddsTheColumnsThatItLacks() {
    IcebergInputTables.parcels(0, ROWS)
        .withColumn("net.weight", functions.col("weight"))
        .write()
        .parquet(input.resolve("day=2024-01-01").toString());
    makeScores();
    Object[] more = {"--table", "lake.scores", "--margin", "--pass", "net.weight"};

    JobRun lacking = score(more);

    refused(lacking, "lacks the columns");
    String message = lacking.err();
    sql(message.substring(message.indexOf("ALTER TABLE"), message.indexOf(')') + 1));
    succeeds(score(more));
    assertThat(scores().where("`net.weight` IS NOT NULL AND margin IS NOT NULL").count())
        .isEqualTo(ROWS);
    refused(
        score("--table", "lake.scores"),
        "has the columns [margin, net.weight], which this run does not write");
  }

  @Test
  @Tag("nightly")
  void whatATableHasThatTheJobDoesNotDoIsRefusedInASentenceEach() {
    takeDays();
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT NOT NULL, label STRING, model_version STRING,"
            + " score DOUBLE, day INT) USING iceberg PARTITIONED BY (day)"
            + " TBLPROPERTIES ('write.data.path'='/tmp/x')");
    UpdateSchema update =
        new HadoopTables(SPARK.sessionState().newHadoopConf())
            .load(LAKE + "/scores")
            .updateSchema();
    update.addColumn("id", Types.UUIDType.get());
    update.addColumn("hash", Types.FixedType.ofLength(8));
    update.commit();

    refused(
        score("--table", "lake.scores"),
        "column 'score' is DOUBLE",
        "partition day=2024-01-01 cannot be written",
        "'parcel_id', which is NOT NULL",
        "has its files in another directory",
        "has the column 'id', which is uuid; the job does not write such values",
        "has the column 'hash', which is fixed[8]");

    assertThat(scores().count()).isZero();
  }

  @ParameterizedTest
  @Tag("nightly")
  @CsvSource(
      delimiter = '|',
      value = {
        "day STRING||is partitioned by [], and this run would write partitions by [day]",
        "day TIMESTAMP|PARTITIONED BY (days(day))|is partitioned by day(day)"
      })
  void anotherPartitioningIsRefusedInASentence(String day, String more, String sentence) {
    takeDays();
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, label STRING, model_version STRING, score FLOAT, %s) USING iceberg %s"
            .formatted(day, more == null ? "" : more));

    refused(score("--table", "lake.scores"), sentence);

    assertThat(scores().count()).isZero();
  }

  @Test
  void theDirectoryOfACatalogsTableIsRefused() throws IOException {
    takeDays();
    Path metadata = Files.createDirectories(table.resolve("metadata"));
    Files.writeString(metadata.resolve("00001-3f2a.metadata.json"), "{}");

    refused(
        score(), "the directory is that of an Iceberg table of a catalog; give the table's name");

    assertThat(Scores.files(table)).hasSize(1);
  }

  @Test
  void filesOfAnOlderPartitioningAreRefused() {
    takeDays();
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, score FLOAT, label STRING, model_version"
            + " STRING, day DATE) USING iceberg");
    sql("INSERT INTO lake.scores VALUES (1, 0.5F, 'a', 'b', DATE'2024-01-01')");
    new HadoopTables(SPARK.sessionState().newHadoopConf())
        .load(LAKE + "/scores")
        .updateSpec()
        .addField("day")
        .commit();

    refused(score("--table", "lake.scores"), "has files that are partitioned in an older way");
  }

  @Test
  @Tag("nightly")
  void rowsThatParitreeHasNeverWrittenAreReplacedOnRequestOnly() {
    takeDays();
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, score FLOAT, label STRING, model_version"
            + " STRING, day DATE) USING iceberg PARTITIONED BY (day)");
    sql("INSERT INTO lake.scores VALUES (7, 0.5, 'late', 'm', DATE'2024-01-01')");
    Object[] all = {"--table", "lake.scores"};

    refused(score(all), "1 rows in day=2024-01-01, of which nothing says");

    assertThat(scores().count()).isEqualTo(1);
    succeeds(score("--table", "lake.scores", "--partition", "day=2024-01-02"));
    JobRun replacing = score("--table", "lake.scores", "--replace-foreign");
    succeeds(replacing);
    assertThat(replacing.err()).contains("--replace-foreign: table", "1 rows in day=2024-01-01");
    assertThat(Scores.of(scores())).hasSize(2 * ROWS);
  }

  @Test
  @Tag("nightly")
  void rowsWhoseFilesOthersHaveRewrittenStayTheJobsWhenTheirSnapshotsHaveExpired() {
    takeDays();
    makeScores();
    sql(
        "CALL lake.system.rewrite_data_files(table => 'scores', options => map("
            + "'rewrite-all', 'true'))");
    sql(
        "CALL lake.system.expire_snapshots(table => 'scores', retain_last => 1, older_than =>"
            + " TIMESTAMP '2100-01-01 00:00:00')");

    succeeds(score("--table", "lake.scores", "--model", otherModel));

    assertThat(Scores.of(scores())).hasSize(2 * ROWS);
  }

  @Test
  @Tag("nightly")
  void aPartitionWithoutScoredRowsBecomesEmptyOnce() {
    takeDays();
    succeeds(score("--output-partition", "night=a b/c"));
    assertThat(rows().where("night = 'a b/c'").count()).isEqualTo(2 * ROWS);
    Path bad = directory.resolve("bad");
    Parcels.write(bad, 0, 10, 1, 1);
    Object[] badRun = {
      "--input", bad, "--output-partition", "night=a b/c", "--max-quarantined", "1"
    };

    succeeds(score(badRun));

    assertThat(rows().count()).isZero();
    assertThat(score(badRun).out()).contains("already published");
  }

  @Test
  @Tag("nightly")
  void aRunThatPublishesNothingMakesNoTable() {
    takeDays();
    Path bad = directory.resolve("bad");
    Parcels.write(bad.resolve("day=2024-01-01"), 0, 10, 2, 1);
    HadoopTables tables = new HadoopTables(SPARK.sessionState().newHadoopConf());
    assertThat(score("--input", bad).exitCode()).isEqualTo(4);
    assertThat(tables.exists(table.toString())).isFalse();
    StepObserver dies =
        step -> {
          if (step == Step.COMMIT_BEGUN) {
            throw new IllegalStateException("as if the run had died here");
          }
        };
    assertThat(observed(dies).exitCode()).isEqualTo(1);
    assertThat(tables.exists(table.toString())).isFalse();

    succeeds(score());

    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(loaded().history()).hasSize(1);
  }

  @Test
  @Tag("nightly")
  void aTableThatAnotherRunHasMadeMeanwhileIsTaken() {
    takeDays();
    Object[] first = {"--partition", "day=2024-01-01"};
    succeeds(
        disturbed(Step.VERIFIED, () -> succeeds(score("--partition", "day=2024-01-02")), first));
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
  }

  @Test
  @Tag("nightly")
  void groupsAreCommitsOfTheirOwn() {
    takeDays();
    succeeds(score("--group-by", "day"));

    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(loaded().history()).hasSize(2);
  }

  @Test
  @Tag("nightly")
  void aHeldPartitionKeepsItsRowsAndTheOthersAreOneCommit() {
    takeDays();
    succeeds(score());
    long before = rows().where("day = '2024-01-02'").count();
    Path bad = directory.resolve("bad");
    Parcels.write(bad.resolve("day=2024-01-01"), 0, 10, 0, 1);
    Parcels.write(bad.resolve("day=2024-01-02"), 20, 30, 2, 1);
    long snapshot = loaded().currentSnapshot().snapshotId();

    JobRun run = score("--input", bad);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
    assertThat(rows().where("day = '2024-01-02'").count()).isEqualTo(before);
    assertThat(rows().where("day = '2024-01-01'").count()).isEqualTo(10);
    assertThat(loaded().currentSnapshot().parentId()).isEqualTo(snapshot);
  }

  @Test
  @Tag("nightly")
  void aTableWithoutPartitionsIsReplacedAsAWhole() {
    Parcels.write(input, 0, ROWS, 0, 2);
    succeeds(score());
    Map<Long, Integer> before = Scores.of(rows());
    assertThat(before).hasSize(ROWS);

    succeeds(score("--model", otherModel));

    assertThat(Scores.of(rows())).hasSize(ROWS).isNotEqualTo(before);
  }

  @Test
  @Tag("nightly")
  void partitionsOfSeveralColumnsAndStrangeValuesAreReplacedExactly() {
    List<String> partitions =
        List.of(
            "region=it%27s %5C/hour=1",
            "region=it%27s %5C/hour=2", "region=__HIVE_DEFAULT_PARTITION__/hour=1");
    for (int index = 0; index < partitions.size(); index++) {
      Parcels.write(input.resolve(partitions.get(index)), index * ROWS, (index + 1) * ROWS, 0, 1);
    }

    succeeds(score());
    Map<Long, Integer> before = Scores.of(rows());
    assertThat(before).hasSize(3 * ROWS);
    assertThat(rows().where("region IS NULL AND hour = '1'").count()).isEqualTo(ROWS);
    assertThat(score().out()).contains("already published");

    succeeds(
        score("--model", otherModel, "--partition", "region=it's \\", "--partition", "hour=2"));

    Map<Long, Integer> after = Scores.of(rows());
    assertThat(after).hasSize(3 * ROWS).isNotEqualTo(before);
    assertThat(Scores.only(after, 0, ROWS)).isEqualTo(Scores.only(before, 0, ROWS));
    assertThat(Scores.only(after, 2 * ROWS, 3 * ROWS))
        .isEqualTo(Scores.only(before, 2 * ROWS, 3 * ROWS));
  }

  @Test
  @Tag("nightly")
  void textPartitionsBesideNullAreReplaced() {
    List<String> regions = List.of("__HIVE_DEFAULT_PARTITION__", "a", "b", "c");
    for (int at = 0; at < regions.size(); at++) {
      Parcels.write(input.resolve("region=" + regions.get(at)), at * ROWS, (at + 1) * ROWS, 0, 1);
    }

    succeeds(score());
    Map<Long, Integer> before = Scores.of(rows());
    String model = otherModel;

    succeeds(score("--model", model, "--partition", "region=a", "--partition", "region=b"));

    assertThat(rows().where("model_version LIKE '%2'").count()).isEqualTo(2 * ROWS);
    assertThat(rows().where("region IS NULL AND model_version NOT LIKE '%2'").count())
        .isEqualTo(ROWS);
    succeeds(score("--model", model));
    assertThat(Scores.of(rows())).hasSameSizeAs(before).hasSize(4 * ROWS);
    assertThat(rows().where("region IS NULL AND model_version LIKE '%2'").count()).isEqualTo(ROWS);
  }

  @Test
  @Tag("nightly")
  void aPartOfATableAndASessionThatWritesABranchAreRefused() {
    takeDays();
    makeScores();
    long main = head();
    sql("ALTER TABLE lake.scores CREATE TAG first");
    sql("ALTER TABLE lake.scores CREATE BRANCH audit");
    String path = LAKE + "/scores#";

    for (String name :
        List.of(
            "lake.scores.branch_audit",
            "lake.scores.`branch_audit`",
            "lake.scores.tag_first",
            "lake.scores.snapshot_id_" + main,
            path + "branch_audit",
            path + "tag_first",
            path + "files",
            path + "other")) {
      refused(
          score("--table", name, "--force"),
          "Cannot write to table " + name,
          "Iceberg takes",
          "for a branch, a tag or a snapshot of a table; give");
    }

    refused(score("--table", table + "#other"), "Iceberg takes '#other'");
    assertThat(score("--table", "lake.scores.branch_none").exitCode()).isEqualTo(3);
    refused(score("--table", "lake.scores.snapshots"), "metadata table");
    sql("ALTER TABLE lake.scores SET TBLPROPERTIES ('write.wap.enabled' = 'true')");
    for (String setting : List.of("spark.wap.branch", "spark.wap.id")) {
      IcebergInputTables.withSetting(
          setting,
          "17",
          () ->
              refused(
                  score("--table", "lake.scores", "--model", otherModel),
                  "the session's %s is 17, and the job".formatted(setting)));
    }

    assertThat(head()).isEqualTo(main);
    assertThat(Path.of(path + "other")).doesNotExist();
  }

  private static long head() {
    return SPARK
        .sql("SELECT snapshot_id FROM lake.scores.refs WHERE name = 'main'")
        .head()
        .getLong(0);
  }

  @Test
  @Tag("nightly")
  void whatARunHasWrittenBeforeTheTableWasSetBackDoesNotMakeRowsTheJobs() {
    takeDays();
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, score FLOAT, label STRING, model_version"
            + " STRING, day DATE) USING iceberg PARTITIONED BY (day)");
    succeeds(score("--table", "lake.scores", "--partition", "day=2024-01-02"));
    sql(
        "INSERT INTO lake.scores SELECT parcel_id, 0, label, model_version, DATE'2024-01-01' FROM"
            + " lake.scores LIMIT 30");
    long before = head();
    succeeds(score("--table", "lake.scores", "--replace-foreign"));
    long after = head();
    sql("CALL lake.system.set_current_snapshot('scores', %s)".formatted(before));

    refused(
        score("--table", "lake.scores"),
        "30 rows in day=2024-01-01, of which nothing says that Paritree has written them");

    sql("CALL lake.system.set_current_snapshot('scores', %s)".formatted(after));
    sql(
        "CALL lake.system.rewrite_data_files(table => 'scores', options => map("
            + "'rewrite-all', 'true'))");
    succeeds(score("--table", "lake.scores", "--model", otherModel));
    assertThat(Scores.of(scores())).hasSize(2 * ROWS);
  }
}
