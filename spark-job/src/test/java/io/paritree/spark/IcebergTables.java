package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.versions.IcebergRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A table of Iceberg is read at one snapshot, and becomes the run's output by one; run by {@link
 * IcebergIT}.
 */
class IcebergTables {
  private static final SparkSession SPARK = TestSpark.session();
  private static final int ROWS = 300;
  private static final String LAKE = SPARK.conf().get("spark.sql.catalog.lake.warehouse");

  @TempDir Path directory;
  private TestPackages packages;
  private String model;
  private Path input;
  private Path output;
  private Path table;

  @BeforeEach
  void makeModel() {
    packages = new TestPackages(directory.resolve("models"));
    model = packages.binary().toString();
    input = directory.resolve("in");
    output = directory.resolve("out");
    table = directory.resolve("score table");
  }

  @AfterEach
  void dropTables() {
    SPARK.sql("DROP TABLE IF EXISTS lake.parcels PURGE");
    SPARK.sql("DROP TABLE IF EXISTS lake.scores PURGE");
    SPARK.sql("DROP VIEW IF EXISTS seen");
  }

  private static void sql(String statement) {
    SPARK.sql(statement);
  }

  private static Dataset<Row> parcels(int from, int to) {
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

  private JobRun read(Object... more) {
    return readObserved(StepObserver.NONE, more);
  }

  private JobRun readObserved(StepObserver observer, Object... more) {
    List<Object> all = new ArrayList<>(List.of("--model", model, "--keys", "parcel_id,note"));
    Map.of("--input-table", "lake.parcels", "--output", output)
        .forEach(
            (option, value) -> {
              if (Stream.of(more).noneMatch(option::equals)) {
                all.addAll(List.of(option, value));
              }
            });
    all.addAll(List.of(more));
    return JobRun.observed(observer, all.toArray());
  }

  /** Returns the scores that the job gives the same rows in plain Parquet files. */
  private Map<Long, Integer> expected(Dataset<Row> rows) throws IOException {
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

  // ---- tables that are read

  @Test
  void partitionsOfTheTableAreThoseOfTheOutputAndTheReportHasItsSnapshot() throws Exception {
    make("day");
    append(0, ROWS);

    JobRun run = read("--run-id", "first");

    succeeds(run);
    assertThat(run.out()).contains("version " + snapshot(), "day=2024-01-02");
    assertThat(Scores.of(output)).hasSize(ROWS).isEqualTo(expected(parcels(0, ROWS)));
    assertThat(directory.resolve("out/day=2024-01-03")).exists();
    assertThat(read().out()).contains("already published");
    JobRun byPath = read("--input-table", LAKE + "/parcels", "--force");
    succeeds(byPath);
    assertThat(byPath.out()).contains("version " + snapshot());
    refused(read("--table-format", "delta"), "it is no Delta table");
  }

  @ParameterizedTest
  @CsvSource({"2, merge-on-read", "3, merge-on-read", "2, copy-on-write"})
  void deletedRowsAreNotScored(String format, String mode) throws Exception {
    make("day", format);
    append(0, ROWS);
    sql("ALTER TABLE lake.parcels SET TBLPROPERTIES ('write.delete.mode' = '%s')".formatted(mode));
    sql("DELETE FROM lake.parcels WHERE parcel_id % 7 = 0");

    succeeds(read());

    assertThat(Scores.of(output))
        .hasSizeLessThan(ROWS)
        .isEqualTo(expected(parcels(0, ROWS).where("parcel_id % 7 <> 0")));
  }

  @Test
  void renamedAddedAndWidenedColumnsAndAnotherPartitioningAreRead() throws Exception {
    parcels(0, ROWS)
        .drop("zone")
        .withColumn("parcel_id", functions.expr("int(parcel_id)"))
        .withColumnRenamed("weight", "mass")
        .createOrReplaceTempView("first");
    sql(
        "CREATE TABLE lake.parcels USING iceberg PARTITIONED BY (day, half) AS SELECT * FROM first");
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
    assertThat(Scores.of(output)).isEqualTo(expected(rows.drop("day")));
    assertThat(output.resolve("day=2024-01-02")).exists();
    assertThat(output.resolve("day=2024-01-01")).doesNotExist();
  }

  @Test
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
    assertThat(Scores.of(output)).isEqualTo(expected(parcels(0, ROWS)));
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
    Map<Long, Integer> before = expected(parcels(0, ROWS));
    for (String names : List.of("weight TO w", "distance TO weight", "w TO distance")) {
      sql("ALTER TABLE lake.parcels RENAME COLUMN " + names);
    }

    refused(
        read(),
        "its columns have changed since its newest snapshot " + first,
        "commit to the table first, or read those with --as-of " + first);

    assertThat(output).doesNotExist();
    succeeds(read("--as-of", first));
    assertThat(Scores.of(output)).isEqualTo(before);
    sql("INSERT INTO lake.parcels SELECT * FROM lake.parcels WHERE false");
    succeeds(read("--max-quarantined", "1"));
    assertThat(Scores.of(output))
        .isNotEqualTo(before)
        .isEqualTo(expected(SPARK.table("lake.parcels")));
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
    assertThat(Scores.of(output)).isEqualTo(expected(parcels(0, ROWS)));
  }

  @Test
  void daysOfATimeArePartitions() throws Exception {
    make("days:at");
    append(0, ROWS);
    Map<Long, Integer> all = expected(parcels(0, ROWS));

    succeeds(read("--from", "2024-01-02", "--to", "2024-01-04"));

    assertThat(Scores.of(output)).hasSize(3 * 24).isEqualTo(only(all, 24, 96));
    assertThat(output.resolve("at_day=2024-01-03")).exists();
    succeeds(read("--partition", "at_day=2024-01-01", "--partition", "at_day=2024-01-06"));
    assertThat(Scores.of(output)).hasSize(5 * 24);
    refused(read("--partition", "half=1"), "no partition column 'half'; it has [at_day]");
  }

  private static Map<Long, Integer> only(Map<Long, Integer> all, long from, long to) {
    Map<Long, Integer> some = new TreeMap<>(all);
    some.keySet().removeIf(key -> key < from || key >= to);
    return some;
  }

  @Test
  void partitionsOfSeveralColumnsAreReadExactlyAndGroupByGroup() throws Exception {
    make("day half");
    append(0, ROWS);
    succeeds(read("--partition", "half=1", "--partition", "day=2024-01-02"));

    // What is left to score is no product of days and halves.
    JobRun rest = read("--run-id", "rest");

    succeeds(rest);
    assertThat(rest.out()).contains("published before: 1 partition (day=2024-01-02/half=1)");
    assertThat(Scores.of(output)).isEqualTo(expected(parcels(0, ROWS)));
    succeeds(read("--group-by", "half", "--force"));
    assertThat(Scores.of(output)).isEqualTo(expected(parcels(0, ROWS)));
  }

  @Test
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

  @Test
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

  // ---- tables that are written

  private void makeInput() {
    for (int day = 1; day <= 2; day++) {
      Parcels.write(input.resolve("day=2024-01-0" + day), (day - 1) * ROWS, day * ROWS, 0, 2);
    }
  }

  private JobRun score(Object... more) {
    return observed(StepObserver.NONE, more);
  }

  private JobRun observed(StepObserver observer, Object... more) {
    List<Object> all = new ArrayList<>(List.of("--create-table", "--table-format", "iceberg"));
    Map.of("--model", model, "--input", input, "--keys", "parcel_id", "--table", table)
        .forEach(
            (option, value) -> {
              if (Stream.of(more).noneMatch(option::equals)) {
                all.addAll(List.of(option, value));
              }
            });
    all.addAll(List.of(more));
    return JobRun.observed(observer, all.toArray());
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

  /** Makes a table of the catalog, so that SQL can change it. */
  private void makeScores() {
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, score FLOAT, label STRING, model_version STRING,"
            + " day DATE) USING iceberg PARTITIONED BY (day) TBLPROPERTIES"
            + " ('write.delete.mode' = 'merge-on-read', 'write.update.mode' = 'merge-on-read')");
    succeeds(score("--table", "lake.scores"));
  }

  private Dataset<Row> rows() {
    IcebergRuntime.preparePaths(SPARK);
    return SPARK.read().format("iceberg").load(table.toString());
  }

  private static Dataset<Row> scores() {
    return SPARK.table("lake.scores");
  }

  private static Map<Long, Integer> bits(Dataset<Row> rows) {
    Map<Long, Integer> scores = new TreeMap<>();
    for (Row row : rows.select("parcel_id", "score").collectAsList()) {
      assertThat(scores.put(row.getLong(0), Float.floatToRawIntBits(row.getFloat(1)))).isNull();
    }

    return scores;
  }

  private Table loaded() {
    return new HadoopTables(SPARK.sessionState().newHadoopConf()).load(table.toString());
  }

  @Test
  void tableHasTheRowsAndBitsOfTheParquetOutput() {
    makeInput();
    Path parquet = directory.resolve("parquet");
    succeeds(JobRun.ofParcels(model, input, parquet));

    succeeds(score("--run-id", "first"));

    assertThat(bits(rows())).hasSize(2 * ROWS).isEqualTo(Scores.of(parquet));
    assertThat(rows().where("day = '2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(rows().where("parcel_id < 5").count()).isEqualTo(5);
    assertThat(loaded().snapshots()).hasSize(1);
    assertThat(loaded().currentSnapshot().summary())
        .containsEntry("paritree.run", "first")
        .containsKeys("paritree.model", "paritree.model_version", "paritree.digest")
        .containsEntry("added-records", String.valueOf(2 * ROWS));
  }

  @Test
  void columnsOfEveryTypeAreFoundByTheirIds() {
    parcels(0, ROWS)
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
  void secondRunChangesNothingAndAnotherPartitionIsAdded() throws IOException {
    makeInput();
    succeeds(score("--partition", "day=2024-01-01"));
    Map<String, String> files = Scores.files(table);

    JobRun again = score("--partition", "day=2024-01-01");

    succeeds(again);
    assertThat(again.out()).contains("already published");
    assertThat(Scores.files(table)).isEqualTo(files);
    JobRun both = score("--group-by", "day");
    succeeds(both);
    assertThat(both.out()).contains("published before: 1 partition (day=2024-01-01)");
    assertThat(bits(rows())).hasSize(2 * ROWS);
  }

  @Test
  void whatIsPublishedIsKnownWhenItsSnapshotHasExpired() throws IOException {
    makeInput();
    succeeds(score("--partition", "day=2024-01-01"));
    succeeds(score("--partition", "day=2024-01-02"));
    loaded().expireSnapshots().expireSnapshotId(loaded().currentSnapshot().parentId()).commit();
    loaded().rewriteManifests().clusterBy(file -> "all").commit();

    assertThat(score().out()).contains("already published");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM lake.scores WHERE parcel_id = 3",
        "UPDATE lake.scores SET score = 0 WHERE parcel_id = 3",
        "DELETE FROM lake.scores WHERE day = '2024-01-01'",
        "INSERT INTO lake.scores SELECT * FROM lake.scores WHERE parcel_id = 3"
      })
  void whatAnotherWriterDidToAPartitionIsReplaced(String statement) {
    makeInput();
    makeScores();
    Map<Long, Integer> before = bits(scores());
    assertThat(before).hasSize(2 * ROWS);
    sql(statement);

    JobRun run = score("--table", "lake.scores");

    succeeds(run);
    assertThat(run.out()).contains("published before: 1 partition (day=2024-01-02)");
    assertThat(bits(scores())).isEqualTo(before);
    assertThat(score("--table", "lake.scores").out()).contains("already published");
  }

  @ParameterizedTest
  @CsvSource({"STAGING_MADE", "VERIFIED", "COMMIT_BEGUN"})
  void aWriterToTheSamePartitionsIsAConflict(Step when) throws IOException {
    makeInput();
    makeScores();
    String statement =
        when == Step.VERIFIED
            ? "DELETE FROM lake.scores WHERE parcel_id = 3"
            : "INSERT INTO lake.scores SELECT * FROM lake.scores WHERE parcel_id = 3";

    JobRun run =
        disturbed(
            when,
            () -> sql(statement),
            "--table",
            "lake.scores",
            "--model",
            packages.binary(2, 6),
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

  @ParameterizedTest
  @CsvSource({"STAGING_MADE", "VERIFIED", "COMMIT_BEGUN"})
  void writersToOtherPartitionsAndCompactionAreNone(Step when) {
    makeInput();
    makeScores();

    JobRun run =
        disturbed(
            when,
            () -> {
              sql("INSERT INTO lake.scores SELECT * FROM lake.scores WHERE parcel_id = 350");
              sql(
                  "CALL lake.system.rewrite_data_files(table => 'scores', options => map("
                      + "'rewrite-all', 'true'))");
            },
            "--table",
            "lake.scores",
            "--model",
            packages.binary(2, 6),
            "--partition",
            "day=2024-01-01");

    succeeds(run);
    assertThat(scores().where("day = '2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(scores().where("day = '2024-01-02'").count()).isEqualTo(ROWS + 1);
    assertThat(scores().select("model_version").distinct().count()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"STAGING_MADE", "COMMIT_BEGUN"})
  void theSameRunTwiceAtOncePublishesOnce(Step when) {
    makeInput();
    succeeds(score("--partition", "day=2024-01-01"));

    JobRun run =
        disturbed(
            when,
            () -> succeeds(score("--partition", "day=2024-01-02", "--run-id", "inner")),
            "--partition",
            "day=2024-01-02");

    succeeds(run);
    assertThat(run.out()).contains("already published");
    assertThat(bits(rows())).hasSize(2 * ROWS);
    assertThat(loaded().currentSnapshot().summary()).containsEntry("paritree.run", "inner");
  }

  @Test
  void tablesAndColumnsAreMadeOnRequestOnly() {
    makeInput();
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

    refused(score("--margin"), "lacks the columns [margin]; they are added with --evolve");
    succeeds(score("--margin", "--evolve", "--partition", "day=2024-01-01"));

    assertThat(rows().where("margin IS NOT NULL").count()).isEqualTo(ROWS);
    assertThat(rows().count()).isEqualTo(2 * ROWS);
    refused(score(), "has the columns [margin], which this run does not write");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "score DOUBLE, day STRING|PARTITIONED BY (day)|column 'score' is DOUBLE",
        "score FLOAT, day STRING||is partitioned by [], and this run would write partitions by [day]",
        "score FLOAT, day INT|PARTITIONED BY (day)|partition day=2024-01-01 cannot be written",
        "score FLOAT NOT NULL, day DATE|PARTITIONED BY (day)|'score', which is NOT NULL",
        "score FLOAT, day TIMESTAMP|PARTITIONED BY (days(day))|is partitioned by day(day)",
        "score FLOAT, day DATE|PARTITIONED BY (day) TBLPROPERTIES ('write.data.path'='/tmp/x')"
            + "|has its files in another directory"
      })
  void tablesThatCannotTakeTheRowsAreRefusedInASentence(
      String columns, String more, String sentence) {
    makeInput();
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, label STRING, model_version STRING, %s) USING iceberg %s"
            .formatted(columns, more == null ? "" : more));

    refused(score("--table", "lake.scores"), sentence);

    assertThat(scores().count()).isZero();
  }

  @Test
  void columnsOfTypesThatSparkDoesNotHaveAreRefused() {
    makeInput();
    succeeds(score());
    loaded().updateSchema().addColumn("id", Types.UUIDType.get()).commit();
    loaded().updateSchema().addColumn("hash", Types.FixedType.ofLength(8)).commit();

    refused(
        score("--force"),
        "has the column 'id', which is uuid; the job does not write such values",
        "has the column 'hash', which is fixed[8]");
  }

  @Test
  void theDirectoryOfACatalogsTableIsRefused() throws IOException {
    makeInput();
    Path metadata = Files.createDirectories(table.resolve("metadata"));
    Files.writeString(metadata.resolve("00001-3f2a.metadata.json"), "{}");

    refused(
        score(), "the directory is that of an Iceberg table of a catalog; give the table's name");

    assertThat(Scores.files(table)).hasSize(1);
  }

  @Test
  void filesOfAnOlderPartitioningAreRefused() {
    makeInput();
    sql(
        "CREATE TABLE lake.scores (parcel_id BIGINT, score FLOAT, label STRING, model_version STRING,"
            + " day DATE) USING iceberg");
    sql("INSERT INTO lake.scores VALUES (1, 0.5F, 'a', 'b', DATE'2024-01-01')");
    new HadoopTables(SPARK.sessionState().newHadoopConf())
        .load(LAKE + "/scores")
        .updateSpec()
        .addField("day")
        .commit();

    refused(score("--table", "lake.scores"), "has files that are partitioned in an older way");
  }

  @Test
  void aPartitionWithoutScoredRowsBecomesEmptyOnce() {
    makeInput();
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
  void aTableWithoutPartitionsIsReplacedAsAWhole() {
    Parcels.write(input, 0, ROWS, 0, 2);
    succeeds(score());
    Map<Long, Integer> before = bits(rows());
    assertThat(before).hasSize(ROWS);

    succeeds(score("--model", packages.binary(2, 6)));

    assertThat(bits(rows())).hasSize(ROWS).isNotEqualTo(before);
  }

  @Test
  void partitionsOfSeveralColumnsAndStrangeValuesAreReplacedExactly() {
    List<String> partitions =
        List.of(
            "region=it%27s %5C/hour=1",
            "region=it%27s %5C/hour=2", "region=__HIVE_DEFAULT_PARTITION__/hour=1");
    for (int index = 0; index < partitions.size(); index++) {
      Parcels.write(input.resolve(partitions.get(index)), index * ROWS, (index + 1) * ROWS, 0, 1);
    }

    succeeds(score());
    Map<Long, Integer> before = bits(rows());
    assertThat(before).hasSize(3 * ROWS);
    assertThat(rows().where("region IS NULL AND hour = '1'").count()).isEqualTo(ROWS);
    assertThat(score().out()).contains("already published");

    succeeds(
        score(
            "--model",
            packages.binary(2, 6),
            "--partition",
            "region=it's \\",
            "--partition",
            "hour=2"));

    Map<Long, Integer> after = bits(rows());
    assertThat(after).hasSize(3 * ROWS).isNotEqualTo(before);
    assertThat(only(after, 0, ROWS)).isEqualTo(only(before, 0, ROWS));
    assertThat(only(after, 2 * ROWS, 3 * ROWS)).isEqualTo(only(before, 2 * ROWS, 3 * ROWS));
  }
}
