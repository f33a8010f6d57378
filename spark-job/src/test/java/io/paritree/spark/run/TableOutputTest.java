package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Rows become visible in a Delta table by one commit, which replaces the run's partitions. What all
 * formats have in common, {@code TableCommitTest} tries on each push.
 */
@Tag("clusters")
class TableOutputTest extends DeltaScores {
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
    assertThat(last().getString(0))
        .contains("\"run\":\"first\"", "\"model_version\":", "\"digest\":", "\"model\":");
    assertThat(last().getMap(1).toString()).contains("Overwrite", "day");
    List<Row> added =
        SPARK
            .read()
            .json(log().resolve("00000000000000000000.json").toString())
            .selectExpr("add.path", "add.tags.`paritree.sha256`")
            .where("path IS NOT NULL")
            .collectAsList();
    assertThat(added)
        .hasSizeGreaterThan(1)
        .allSatisfy(
            file ->
                assertThat(file.getString(1))
                    .isEqualTo(Sha256.hex(Files.readAllBytes(table.resolve(file.getString(0))))));
  }

  @Test
  void scoresOfATableAreProvedByAnotherEngineUnlessAnotherProgramHasWrittenThem() {
    succeeds(score());
    Object[] asked = {
      "--table", table, "--model", model, "--keys", "parcel_id", "--format", "text"
    };

    JobRun proved = JobRun.ofAudit(with(asked, "--strict"));
    SPARK.sql(
        "UPDATE delta.`%s` SET score = score + 0.5 WHERE parcel_id = %s"
            .formatted(table, ROWS + 3));
    JobRun changed = JobRun.ofAudit(with(asked, "--strict"));

    succeeds(proved);
    assertThat(proved.out()).contains("version 0 with spec").containsPattern("2024-01-02.*proved");
    assertThat(changed.exitCode()).as(changed.out() + changed.err()).isEqualTo(3);
    assertThat(changed.out())
        .containsPattern("2024-01-01.*proved")
        .containsPattern(
            "2024-01-02.*unprovable .missing: its run: no report in .* names exactly its files");
  }

  private static Object[] with(Object[] some, Object... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray();
  }

  @Test
  void secondRunChangesNothingAndOtherPartitionsAndModelsReplaceTheirRows() throws IOException {
    succeeds(score("--partition", "day=2024-01-01"));
    Map<String, String> files = Scores.files(table);

    JobRun again = score("--partition", "day=2024-01-01");

    succeeds(again);
    assertThat(again.out()).contains("already published");
    assertThat(Scores.files(table)).isEqualTo(files);
    JobRun both = score();
    succeeds(both);
    assertThat(both.out()).contains("published before: 1 partition (day=2024-01-01)");
    Map<Long, Integer> before = Scores.of(rows());
    assertThat(before).hasSize(2 * ROWS);
    assertThat(version()).isEqualTo(1);

    succeeds(score("--model", otherModel, "--partition", "day=2024-01-02"));

    Map<Long, Integer> after = Scores.of(rows());
    assertThat(after).hasSize(2 * ROWS).isNotEqualTo(before);
    assertThat(Scores.only(after, 0, ROWS)).isEqualTo(Scores.only(before, 0, ROWS));
    Dataset<Row> old = SPARK.read().format("delta").option("versionAsOf", 1).load(table.toString());
    assertThat(Scores.of(old)).isEqualTo(before);
  }

  @Test
  void aPartitionIsComparedWithTheOneBeforeAndAnAcceptedOneHasTheReasonInItsCommit() {
    succeeds(score("--partition", "day=2024-01-01", "--drift", "gate"));

    JobRun held =
        score(
            "--partition",
            "day=2024-01-02",
            "--drift",
            "gate",
            "--rule",
            "rows >= previous",
            "--run-id",
            "held");

    assertThat(held.exitCode()).as(held.err()).isEqualTo(8);
    assertThat(held.err())
        .contains("rows >= previous: rows is %s, limit %s by previous".formatted(ROWS, ROWS));
    assertThat(version()).isZero();
    succeeds(
        score(
            "--partition",
            "day=2024-01-02",
            "--drift",
            "gate",
            "--rule",
            "rows >= previous",
            "--accept-gates",
            "as every night"));
    assertThat(last().getString(0)).contains("\"accepted_gates\":\"as every night\"");
  }

  @Test
  void outcomesOfATableAreOfTheAskedDays() throws IOException {
    succeeds(score());
    Path labels = directory.resolve("labels.csv");
    StringBuilder text = new StringBuilder("parcel_id,late,known\n");
    for (int parcel = 0; parcel < 2 * ROWS; parcel += 2) {
      text.append("%s,%s,2024-02-%02d\n".formatted(parcel, parcel % 3 == 0, 1 + parcel % 28));
    }

    Files.writeString(labels, text);
    JobRun all = outcomes(labels, "--as-of", "2024-03-01");
    JobRun early = outcomes(labels, "--as-of", "2024-02-14", "--to", "2024-01-01");
    JobRun late = outcomes(labels, "--as-of", "2024-03-01", "--from", "2024-01-02");

    assertThat(all.exitCode()).as(all.err()).isZero();
    assertThat(all.out()).contains("  day=2024-01-01 ", "  day=2024-01-02 ");
    assertThat(early.exitCode()).as(early.err()).isZero();
    assertThat(early.out()).contains("as of 2024-02-14").doesNotContain("day=2024-01-02");
    assertThat(late.out()).containsPattern("total +%s +50.0 %%".formatted(ROWS));
    JobRun none = outcomes(labels, "--from", "2025-01-01");
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains("no partition was found in it from 2025-01-01");
  }

  @Test
  void quarantinedKeysOfATableAreCountedUntilAnotherProgramHasChangedTheirPartition()
      throws IOException {
    Path days = directory.resolve("days with faults");
    Parcels.write(days.resolve("day=2024-01-03"), 0, 20, 5, 1);
    Parcels.write(days.resolve("day=2024-01-04"), 0, 20, 4, 1);
    succeeds(score("--input", days, "--max-quarantined", "1"));
    Path labels = Files.writeString(directory.resolve("labels.csv"), "parcel_id,late,known\n");
    for (int parcel = 0; parcel < 20; parcel += 2) {
      String line = "%s,%s,2024-02-01\n".formatted(parcel, parcel % 3 == 0);
      Files.writeString(labels, line, StandardOpenOption.APPEND);
    }

    JobRun all = outcomes(labels);
    sql("UPDATE TABLE_ SET score = 0 WHERE parcel_id = 3 AND day = '2024-01-03'");
    JobRun changed = outcomes(labels);

    assertThat(all.out()).contains("quarantined keys with a label, which have no score: 7\n");
    assertThat(changed.out())
        .contains("it is not known how many keys with a label were quarantined");
    assertThat(outcomes(labels, "--from", "2024-01-04").out()).contains("no score: 5\n");
  }

  private JobRun outcomes(Path labels, Object... more) {
    Stream<Object> usual =
        Stream.of("--table", table, "--keys", "parcel_id", "--labels", labels, "--label", "late");
    return JobRun.ofOutcomes(
        Stream.concat(usual, Stream.concat(Stream.of("--label-time", "known"), Stream.of(more)))
            .toArray());
  }

  @Test
  @Tag("nightly")
  void groupsAreCommitsOfTheirOwn() {
    succeeds(score("--group-by", "day", "--run-id", "r"));

    assertThat(version()).isEqualTo(1);
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(score("--group-by", "day").out()).contains("already published");
  }

  @Test
  void whatAnotherWriterDidToAPartitionIsReplaced() throws IOException {
    Path days = directory.resolve("days");
    FileUtils.copyDirectory(input.toFile(), days.toFile());
    for (int day = 3; day <= 5; day++) {
      Parcels.write(days.resolve("day=2024-01-0" + day), day * ROWS, day * ROWS + 20, 0, 1);
    }

    succeeds(score("--input", days));
    Map<Long, Integer> before = Scores.of(rows());
    sql("DELETE FROM TABLE_ WHERE parcel_id = 3");
    sql("UPDATE TABLE_ SET score = 0 WHERE parcel_id = 150");
    sql("DELETE FROM TABLE_ WHERE day = '2024-01-03'");
    sql("INSERT INTO TABLE_ SELECT * FROM TABLE_ WHERE parcel_id = 410");

    JobRun run = score("--input", days);

    succeeds(run);
    assertThat(run.out()).contains("published before: 1 partition (day=2024-01-05)");
    assertThat(Scores.of(rows())).isEqualTo(before);
  }

  @Test
  void deletionVectorsOfOthersAreHonoured() throws IOException {
    takeScored();
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
  @Tag("nightly")
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
    takeScored();
    Map<String, String> files = Scores.files(table);
    Path bad = directory.resolve("bad");
    Parcels.write(bad.resolve("day=2024-01-01"), 0, 10, 2, 1);

    JobRun run = score("--input", bad, "--max-quarantined", "0");

    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(Scores.files(table)).isEqualTo(files);
    Path oneDay = input.resolve("day=2024-01-01");
    JobRun repeated =
        score(
            "--input", oneDay, "--output-partition", "day=x", "--keys", "express", "--unique-keys");
    assertThat(repeated.exitCode()).as(repeated.err()).isEqualTo(3);
  }

  @Test
  void aHeldPartitionKeepsItsRowsAndTheOthersAreOneCommit() throws IOException {
    takeScored();
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
        .allMatch(file -> Stream.of(rows().inputFiles()).anyMatch(name -> name.endsWith(file)));
    Parcels.rewrite(bad.resolve("day=2024-01-02"), 20, 30, 0);
    succeeds(score(held));
    assertThat(Scores.of(rows())).hasSize(30);
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
            otherModel,
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
}
