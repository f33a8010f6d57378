package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.IcebergBuild;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A table of Iceberg is read at one snapshot; run by {@link IcebergIT}. */
class IcebergInputTables {
  private static final SparkSession SPARK = TestSpark.interpreting();
  private static final int ROWS = 300;
  private static final String LAKE = SPARK.conf().get("spark.sql.catalog.lake.warehouse");

  @TempDir static Path shared;
  private static String model;

  /** The score of each parcel, by its id. */
  private static Map<Long, Integer> scoresOfAll;

  @TempDir Path directory;
  private Path output;

  @BeforeAll
  static void makeModel() throws Exception {
    model = new TestPackages(shared.resolve("models")).binary().toString();
    scoresOfAll = ScoringJobTest.expected(model, 0, ROWS);
  }

  @BeforeEach
  void chooseOutput() {
    output = directory.resolve("out");
  }

  @AfterEach
  void dropTables() {
    SPARK.sql("DROP TABLE IF EXISTS lake.parcels PURGE");
    SPARK.sql("DROP VIEW IF EXISTS seen");
  }

  private static void sql(String statement) {
    SPARK.sql(statement);
  }

  static Dataset<Row> parcels(int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int index = from; index < to; index++) {
      rows.add(Parcels.row(index));
    }

    return SPARK
        .createDataFrame(rows, Parcels.SCHEMA)
        .withColumn("day", functions.expr("date_add(DATE'2024-01-01', int(parcel_id % 3))"))
        .withColumn("half", functions.expr("string(parcel_id % 2)"))
        .withColumn("at", functions.expr("timestamp_seconds(1704067200 + 3600 * parcel_id)"));
  }

  /** Makes the table that is read. */
  private static void make(String partitioning, String... properties) throws Exception {
    sql(
        "CREATE TABLE lake.parcels (%s) USING iceberg TBLPROPERTIES ('format-version' = '%s')"
            .formatted(
                parcels(0, 0).schema().toDDL(), properties.length == 0 ? "2" : properties[0]));
    for (String field : partitioning.isEmpty() ? new String[0] : partitioning.split(" ")) {
      HadoopTables tables = new HadoopTables(SPARK.sessionState().newHadoopConf());
      UpdatePartitionSpec spec = tables.load(LAKE + "/parcels").updateSpec();
      if (field.startsWith("days:")) {
        spec.addField(Expressions.day(field.substring(5)));
      } else {
        spec.addField(field);
      }

      spec.commit();
    }
  }

  private static void append(int from, int to) throws Exception {
    parcels(from, to).repartition(1).writeTo("lake.parcels").append();
  }

  @TestFactory
  Stream<DynamicTest> partitionColumnsMayBeReadAndKeysAndPassed() throws Exception {
    Map<Long, Integer> scores = PartitionUse.scores(model);
    return PartitionUse.some(2).stream()
        .map(
            use ->
                DynamicTest.dynamicTest(
                    use.toString(),
                    () -> {
                      String by = String.join(", ", use.names());
                      sql(
                          "CREATE TABLE lake.parcels (%s) USING iceberg%s"
                              .formatted(
                                  use.rows().schema().toDDL(),
                                  by.isEmpty() ? "" : " PARTITIONED BY (%s)".formatted(by)));
                      use.rows().writeTo("lake.parcels").append();
                      Path to = directory.resolve(use.toString().replaceAll("\\W+", "-"));
                      use.check(model, to, scores, "--input-table", "lake.parcels");
                      dropTables();
                    }));
  }

  private JobRun read(Object... more) {
    return readObserved(StepObserver.NONE, more);
  }

  private JobRun readObserved(StepObserver observer, Object... more) {
    return JobRun.observed(
        observer,
        Map.of(
            "--model",
            model,
            "--keys",
            "parcel_id,note",
            "--input-table",
            "lake.parcels",
            "--output",
            output),
        more);
  }

  /** Returns the scores that the job gives the same rows in plain Parquet files. */
  private Map<Long, Integer> ofParquet(Dataset<Row> rows) throws IOException {
    Path parquet = Files.createTempDirectory(directory, "parquet").resolve("in");
    rows.write().parquet(parquet.toString());
    Path scores = parquet.resolveSibling("out");
    succeeds(JobRun.ofParcels(model, parquet, scores, "--max-quarantined", "1"));
    return Scores.of(scores);
  }

  private static void succeeds(JobRun run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private static void refused(JobRun run, String... sentences) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains(sentences);
  }

  private static long snapshot() {
    return SPARK
        .sql("SELECT snapshot_id FROM lake.parcels.snapshots ORDER BY committed_at DESC")
        .head()
        .getLong(0);
  }

  @Test
  void partitionsOfTheTableAreThoseOfTheOutputAndTheReportHasItsSnapshot() throws Exception {
    make("day");
    append(0, ROWS);

    JobRun run = read("--run-id", "first");

    succeeds(run);
    assertThat(run.out()).contains("version " + snapshot(), "day=2024-01-02");
    assertThat(Scores.of(output)).hasSize(ROWS).isEqualTo(scoresOfAll);
    assertThat(directory.resolve("out/day=2024-01-03")).exists();
    assertThat(read().out()).contains("already published");
    JobRun byPath = read("--input-table", LAKE + "/parcels", "--force");
    succeeds(byPath);
    assertThat(byPath.out()).contains("version " + snapshot());
    refused(read("--table-format", "delta"), "it is no Delta table");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "3"})
  void deletedRowsAreNotScored(String format) throws Exception {
    make("day", format);
    append(0, ROWS);
    sql("ALTER TABLE lake.parcels SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')");
    sql("DELETE FROM lake.parcels WHERE parcel_id % 7 = 0");

    succeeds(read());

    assertThat(Scores.of(output))
        .hasSizeLessThan(ROWS)
        .isEqualTo(Scores.where(scoresOfAll, id -> id % 7 != 0));
  }

  @Test
  void renamedAddedAndWidenedColumnsAndAnotherPartitioningAreRead() throws Exception {
    parcels(0, ROWS)
        .drop("zone")
        .withColumn("parcel_id", functions.expr("int(parcel_id)"))
        .withColumnRenamed("weight", "mass")
        .createOrReplaceTempView("first");
    sql(
        "CREATE TABLE lake.parcels USING iceberg PARTITIONED BY (day, half) AS SELECT * FROM"
            + " first");
    sql("ALTER TABLE lake.parcels RENAME COLUMN mass TO weight");
    sql("ALTER TABLE lake.parcels ADD COLUMNS (zone INT)");
    sql("ALTER TABLE lake.parcels ALTER COLUMN parcel_id TYPE BIGINT");
    new HadoopTables(SPARK.sessionState().newHadoopConf())
        .load(LAKE + "/parcels")
        .updateSpec()
        .removeField("half")
        .commit();
    append(ROWS, 2 * ROWS);

    succeeds(read("--partition", "day=2024-01-02", "--max-quarantined", "1"));

    Dataset<Row> rows = SPARK.table("lake.parcels").where("day = '2024-01-02'");
    assertThat(rows.where("zone IS NULL").count()).isGreaterThan(50);
    assertThat(Scores.of(output)).isEqualTo(ofParquet(rows.drop("day")));
    assertThat(output.resolve("day=2024-01-02")).exists();
    assertThat(output.resolve("day=2024-01-01")).doesNotExist();
  }

  @Test
  @Tag("nightly")
  void eachSnapshotIsAnotherInputAndAnOldOneCanBeRead() throws Exception {
    make("day");
    append(0, ROWS);
    long first = snapshot();
    String between = Instant.now().toString();
    succeeds(read());
    append(ROWS, 2 * ROWS);

    JobRun next = read("--from", "2024-01-01", "--to", "2024-01-03");

    succeeds(next);
    assertThat(next.out()).contains("version " + snapshot()).doesNotContain("already");
    assertThat(Scores.of(output)).hasSize(2 * ROWS);
    succeeds(read("--as-of", first));
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
    assertThat(read("--as-of", between).out()).contains("already published");
    refused(read("--as-of", "1999-01-01"), "it has no snapshot of that time");
    refused(read("--as-of", "never"), "it has no snapshot of that time");
    refused(read("--as-of", "9999999999999999999"), "9999999999999999999");
  }

  @Test
  void columnsThatHaveChangedSinceTheNewestSnapshotAreRefusedUntilTheNext() throws Exception {
    make("day");
    append(0, ROWS);
    long first = snapshot();
    for (String names : List.of("weight TO w", "distance TO weight", "w TO distance")) {
      sql("ALTER TABLE lake.parcels RENAME COLUMN " + names);
    }

    refused(
        read(),
        "its columns have changed since its newest snapshot " + first,
        "commit to the table first, or read those with --as-of " + first);

    assertThat(output).doesNotExist();
    succeeds(read("--as-of", first));
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
    sql("INSERT INTO lake.parcels SELECT * FROM lake.parcels WHERE false");
    succeeds(read("--max-quarantined", "1"));
    assertThat(Scores.of(output))
        .isNotEqualTo(scoresOfAll)
        .isEqualTo(ofParquet(SPARK.table("lake.parcels")));
  }

  @Test
  void anExpiredSnapshotIsRefusedWithItsNumber() throws Exception {
    make("");
    append(0, ROWS);
    long first = snapshot();
    append(ROWS, 2 * ROWS);
    HadoopTables tables = new HadoopTables(SPARK.sessionState().newHadoopConf());
    tables.load(LAKE + "/parcels").expireSnapshots().expireSnapshotId(first).commit();

    refused(
        read("--as-of", first), "it has no snapshot " + first + ", or the snapshot has expired");

    assertThat(output).doesNotExist();
    succeeds(read());
    assertThat(Scores.of(output)).hasSize(2 * ROWS);
  }

  @Test
  @Tag("nightly")
  void aSnapshotWhoseFilesAreRemovedDuringTheRunIsRefusedWithItsNumber() throws Exception {
    make("day");
    append(0, ROWS);

    JobRun run =
        readObserved(
            step -> {
              if (step == Step.STAGING_MADE) {
                try (Stream<Path> files = Files.walk(Path.of(LAKE, "parcels", "data"))) {
                  for (Path file : files.filter(Parquets::isParquet).toList()) {
                    Files.delete(file);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });

    refused(run, "version " + snapshot(), "expire_snapshots");
    assertThat(output).doesNotExist();
  }

  @Test
  @Tag("nightly")
  void whatIsCommittedDuringTheRunIsNotRead() throws Exception {
    make("day");
    append(0, ROWS);
    boolean[] done = new boolean[1];

    JobRun run =
        readObserved(
            step -> {
              if (step == Step.STAGING_MADE && !done[0]) {
                done[0] = true;
                sql("INSERT INTO lake.parcels SELECT * FROM lake.parcels");
                sql("DELETE FROM lake.parcels WHERE parcel_id < 100");
              }
            });

    succeeds(run);
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
  }

  @Test
  @Tag("nightly")
  void scoresOfDaysOfATimeAreProved() throws Exception {
    make("days:at");
    append(0, 60);
    succeeds(read());

    JobRun audit =
        JobRun.ofAudit("--output", output, "--model", shared.resolve("models"), "--strict");

    assertThat(audit.exitCode()).as(audit.out() + audit.err()).isZero();
  }

  @Test
  void daysOfATimeArePartitions() throws Exception {
    make("days:at");
    append(0, ROWS);

    succeeds(read("--from", "2024-01-02", "--to", "2024-01-04"));

    assertThat(Scores.of(output)).hasSize(3 * 24).isEqualTo(Scores.only(scoresOfAll, 24, 96));
    assertThat(output.resolve("at_day=2024-01-03")).exists();
    succeeds(read("--partition", "at_day=2024-01-01", "--partition", "at_day=2024-01-06"));
    assertThat(Scores.of(output)).hasSize(5 * 24);
    refused(read("--partition", "half=1"), "no partition column 'half'; it has [at_day]");
  }

  @Test
  @Tag("nightly")
  void partitionsOfSeveralColumnsAreReadExactlyAndGroupByGroup() throws Exception {
    make("day half");
    append(0, ROWS);
    succeeds(read("--partition", "half=1", "--partition", "day=2024-01-02"));

    // What is left to score is no product of days and halves.
    JobRun rest = read("--run-id", "rest");

    succeeds(rest);
    assertThat(rest.out()).contains("published before: 1 partition (day=2024-01-02/half=1)");
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
    succeeds(read("--group-by", "half", "--force"));
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
  }

  @Test
  @Tag("nightly")
  void rowsThatCannotBeScoredAreQuarantinedWithTheirFileAndIndex() throws Exception {
    make("day");
    append(0, ROWS);
    sql("UPDATE lake.parcels SET weight = NULL WHERE parcel_id = 4");

    succeeds(read());

    assertThat(Scores.of(output)).hasSize(ROWS - 1).doesNotContainKey(4L);
    Path quarantine;
    try (Stream<Path> files = Files.walk(directory.resolve("_paritree"))) {
      quarantine = files.filter(file -> file.endsWith("quarantine")).findFirst().orElseThrow();
    }

    Row row = SPARK.read().parquet(quarantine.toString()).collectAsList().get(0);
    assertThat(row.<Long>getAs("parcel_id")).isEqualTo(4);
    assertThat(row.<String>getAs("_source_file")).startsWith("data/day=2024-01-02/");
    assertThat(row.<Long>getAs("_source_row")).isNotNegative();
  }

  /** Nothing says how many rows are left where rows were deleted. */
  private void makeWithDeletedRows() throws Exception {
    make("day");
    append(0, ROWS);
    sql("ALTER TABLE lake.parcels SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')");
    sql("DELETE FROM lake.parcels WHERE parcel_id % 7 = 0");
    succeeds(read());
  }

  @Test
  @Tag("nightly")
  void rowsOfWhichNoFileIsNamedAreRefusedAndThePublishedOnesStay() throws Exception {
    makeWithDeletedRows();
    Map<String, String> before = Scores.files(output);

    refused(
        TestRules.with(NamelessScan::new, () -> read("--force")),
        "1 problem",
        "from which file rows come",
        "Comet");

    assertThat(Scores.files(output)).isEqualTo(before);
  }

  @Test
  @Tag("nightly")
  void noRowOfFilesWithDeletedRowsIsRefusedAndThePublishedOnesStay() throws Exception {
    makeWithDeletedRows();
    Map<String, String> before = Scores.files(output);

    refused(
        TestRules.with(TestRules.before("a"), () -> read("--force")),
        "no row of 3 input files was read");

    assertThat(Scores.files(output)).isEqualTo(before);
  }

  @Test
  @Tag("nightly")
  void masksAndConditionsOfExtensionsHold() throws Exception {
    makeWithDeletedRows();

    succeeds(TestRules.with(TestRules::masked, () -> read("--force")));

    assertThat(SPARK.read().parquet(output.toString()).where("note LIKE 'note%'").count()).isZero();
    succeeds(TestRules.with(TestRules.before("note 2"), () -> read("--force")));
    assertThat(Scores.of(output))
        .isEqualTo(
            Scores.where(scoresOfAll, id -> id % 7 != 0 && ("note " + id).compareTo("note 2") < 0));
  }

  @ParameterizedTest
  @Tag("nightly")
  @CsvSource({"day, day=2024-01-02", "days:at, at_day=2024-01-03", "half, half=1"})
  void aDamagedFileUnderAConditionOnPartitionsIsNotTakenForAnotherCondition(
      String partitioning, String partition) throws Exception {
    make(partitioning);
    append(0, ROWS);
    Table table = new HadoopTables(SPARK.sessionState().newHadoopConf()).load(LAKE + "/parcels");
    AppendFiles append = table.newAppend();
    DeleteFiles delete = table.newDelete();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        delete.deleteFile(file);
        append.appendFile(
            DataFiles.builder(table.spec())
                .copy(file)
                .withRecordCount(file.recordCount() + 1)
                .build());
      }
    }

    delete.commit();
    append.commit();
    sql("REFRESH TABLE lake.parcels");

    JobRun run = read("--partition", partition);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.err()).contains("a file is damaged").doesNotContain("condition");
  }

  @ParameterizedTest
  @Tag("nightly")
  @CsvSource({"day, day=2024-01-02", "days:at, at_day=2024-01-03", "day half, half=1"})
  void plainTablesAreReadInBatches(String partitioning, String partition) throws Exception {
    make(partitioning);
    append(0, ROWS);
    try (ReadStages stages = new ReadStages()) {
      succeeds(read("--partition", partition));

      assertThat(stages.operators())
          .hasSize(2)
          .allMatch(name -> name.startsWith("BatchScan ") || name.equals("mapPartitions"));
    }
  }

  @Test
  @Tag("nightly")
  void emptyTablesMetadataTablesAndViewsAreRead() throws Exception {
    make("");
    JobRun empty = read();
    succeeds(empty);
    assertThat(empty.out()).contains("version none");
    append(0, ROWS);
    sql("CREATE VIEW seen AS SELECT * FROM lake.parcels WHERE parcel_id < 50");

    JobRun run = read("--input-table", "seen", "--output", directory.resolve("of view"));

    succeeds(run);
    assertThat(run.err()).contains("seen is read as Spark reads it");
  }

  private static String path(String selector) {
    return LAKE + "/parcels#" + selector;
  }

  @Test
  void tagsAndSnapshotsAreReadAsOfThemAndNamesOfPartsAreRefused() throws Exception {
    make("day");
    append(0, 100);
    sql("ALTER TABLE lake.parcels CREATE TAG first");
    sql("ALTER TABLE lake.parcels CREATE TAG `2099-01-01`");
    sql("ALTER TABLE lake.parcels CREATE BRANCH audit");
    String first = snapshot() + "";
    append(100, ROWS);

    for (String name :
        List.of(
            "lake.parcels.branch_audit",
            "lake.parcels.`branch_audit`",
            path("branch_audit"),
            "lake.parcels.tag_first",
            path("tag_first"),
            "lake.parcels.snapshot_id_" + first,
            path("snapshot_id_" + first),
            path("files"),
            path("none"))) {
      refused(
          read("--input-table", name),
          "Iceberg takes",
          "for a branch, a tag or a snapshot of a table; give",
          "--as-of");
    }

    refused(read("--as-of", "audit"), "'audit' is a branch of it");
    refused(read("--as-of", "none"), "it has no snapshot of that time, and no tag of that name");
    refused(
        read("--as-of", "2099-01-01"),
        "'2099-01-01' is a tag and a time; give the number " + first + " of the tag's snapshot");
    refused(
        read("--input-table", "lake.parcels.snapshots", "--as-of", "1"),
        "the metadata table has no versions that --as-of could name");
    refused(read("--input-table", "lake.parcels.snapshots"), "weight");
    succeeds(read("--as-of", "first"));
    assertThat(Scores.of(output)).isEqualTo(Scores.only(scoresOfAll, 0, 100));
    assertThat(read("--as-of", first).out()).contains("already published");
  }

  @Test
  @Tag("nightly")
  void aSessionWhoseBranchWouldBeReadIsRefused() throws Exception {
    make("day");
    append(0, 100);
    withSetting(
        "spark.wap.branch",
        "audit",
        () -> {
          succeeds(read());
          sql("ALTER TABLE lake.parcels SET TBLPROPERTIES ('write.wap.enabled' = 'true')");
          refused(read(), "the session's spark.wap.branch is audit", "main branch only");
        });
    assertThat(read().out()).contains("already published");
  }

  /** Runs with a setting that all new sessions have, as by {@code --conf}. */
  static void withSetting(String name, String value, Runnable what) {
    SPARK.sparkContext().conf().set(name, value);
    try {
      what.run();
    } finally {
      SPARK.sparkContext().conf().remove(name);
    }
  }

  @Test
  @Tag("nightly")
  void aTextPartitionThatIsNullIsReadWithTheOthers() throws Exception {
    makeWithNullText();

    JobRun run = read();

    succeeds(run);
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
    succeeds(read("--group-by", "zone_name", "--force", "--run-id", "groups"));
    assertThat(Scores.of(output)).isEqualTo(scoresOfAll);
    Path some = directory.resolve("some");
    succeeds(read("--output", some, "--partition", "zone_name=1", "--partition", "zone_name=2"));
    assertThat(Scores.of(some)).hasSize(2 * ROWS / 3);
    Path one = directory.resolve("one");
    succeeds(read("--output", one, "--partition", "zone_name=1"));
    assertThat(Scores.of(one)).hasSize(ROWS / 3);
    Path none = directory.resolve("none");
    String nulls = "zone_name=__HIVE_DEFAULT_PARTITION__";
    succeeds(read("--output", none, "--partition", nulls));
    assertThat(Scores.of(none)).hasSize(ROWS / 3);
    succeeds(
        read(
            "--output",
            none,
            "--partition",
            nulls,
            "--partition",
            "zone_name=1",
            "--partition",
            "zone_name=2"));
  }

  @Test
  @Tag("nightly")
  void aViewThatOneIcebergCannotFilterNamesTheOneThatCan() throws Exception {
    makeWithNullText();
    sql("CREATE VIEW seen AS SELECT * FROM lake.parcels WHERE zone_name IN ('1', '2')");

    JobRun run = read("--input-table", "seen");

    if (IcebergBuild.version().startsWith("1.11.")) {
      refused(run, "before Iceberg 1.12", "start Spark with Iceberg 1.12");
      assertThat(run.err()).doesNotContain("\tat ");
    } else {
      succeeds(run);
      assertThat(Scores.of(output)).hasSize(2 * ROWS / 3);
    }
  }

  private static void makeWithNullText() throws Exception {
    parcels(0, ROWS)
        .withColumn("zone_name", functions.expr("nullif(string(parcel_id % 3), '0')"))
        .createOrReplaceTempView("first");
    sql(
        "CREATE TABLE lake.parcels USING iceberg PARTITIONED BY (zone_name) AS SELECT * FROM"
            + " first");
  }
}
