package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows of a Delta table that no run has written are replaced on request only. */
@Tag("clusters")
class ForeignRowsTest extends DeltaScores {
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
    succeeds(score("--partition", "day=2024-01-02", "--model", otherModel));

    JobRun replacing = score("--replace-foreign");

    succeeds(replacing);
    assertThat(replacing.err()).contains("--replace-foreign: table", "30 rows in day=2024-01-01");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
    assertThat(score().out()).contains("already published");
  }

  @Test
  @Tag("nightly")
  void rowsOfATableWithoutPartitionsAreReplacedOnRequestOnly() {
    Path whole = Parcels.write(directory.resolve("whole"), 0, ROWS, 0, 1);
    sql(
        "CREATE TABLE TABLE_ USING delta AS SELECT id AS parcel_id, 0F AS score, 'late' AS label,"
            + " 'm' AS model_version FROM range(7)");

    refused(score("--input", whole), "7 rows, of which nothing says");

    succeeds(score("--input", whole, "--replace-foreign"));
    assertThat(Scores.of(rows())).hasSize(ROWS).doesNotContainValue(0);
    sql("DELETE FROM TABLE_");
    succeeds(score("--input", whole));
  }

  @Test
  void rowsWhoseFilesOthersHaveRewrittenStayTheJobs() throws IOException {
    succeeds(score("--group-by", "day"));
    sql("OPTIMIZE TABLE_ ZORDER BY (parcel_id)");
    sql("UPDATE TABLE_ SET score = 0");

    succeeds(score("--model", otherModel, "--partition", "day=2024-01-01"));

    sql("OPTIMIZE TABLE_ ZORDER BY (score)");
    try (Stream<Path> state = Files.list(state().toPath())) {
      for (Path written : state.filter(file -> file.toString().contains("written-")).toList()) {
        Files.delete(written);
      }
    }

    refused(score(), "200 rows in day=2024-01-01, day=2024-01-02, of which nothing says");
  }

  @Test
  @Tag("nightly")
  void aTableThatWasMadeAnewIsAnotherOne() throws IOException {
    takeScored();
    List<Row> some = rows().limit(7).collectAsList();
    StructType columns = rows().schema();
    FileUtils.deleteDirectory(table.toFile());
    SPARK
        .createDataFrame(some, columns)
        .write()
        .format("delta")
        .partitionBy("day")
        .save(table.toString());

    refused(score(), "7 rows in ");
  }

  /** Delta's own writers always write {@code 2024-01-01}, and its readers take both. */
  @Test
  void rowsOfAPartitionWhoseValueAnotherWriterHasSpelledOtherwiseAreSeenAndReplaced()
      throws IOException {
    makeTable();
    succeeds(score("--partition", "day=2024-01-02"));
    spellOtherwise("day=2024-01-02", "2024-1-1");
    long foreign = rows().where("day = DATE'2024-01-01'").count();
    assertThat(foreign).isPositive();

    refused(score(), foreign + " rows in day=2024-1-1, of which nothing says");

    JobRun replacing = score("--replace-foreign");
    succeeds(replacing);
    assertThat(replacing.err()).doesNotContain("they stay as before", "it stays as before");
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);

    spellOtherwise("day=2024-01-01", "2024-1-1");
    assertThat(rows().where("day = DATE'2024-01-01'").count()).isGreaterThan(ROWS);

    succeeds(score("--model", otherModel, "--partition", "day=2024-01-01"));

    assertThat(rows().where("day = DATE'2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(rows().count()).isEqualTo(2 * ROWS);
  }

  /** Adds a copy of a file of the table's partition to another one, as another writer does. */
  private void spellOtherwise(String partition, String day) throws IOException {
    String name = "other-%s.parquet".formatted(version());
    Path other = table.resolve(name);
    try (Stream<Path> ours = Files.list(table.resolve(partition))) {
      Files.copy(ours.filter(Parquets::isParquet).findFirst().orElseThrow(), other);
    }

    Files.writeString(
        log().resolve("%020d.json".formatted(version() + 1)),
        """
        {"add":{"path":"%s","partitionValues":{"day":"%s"},"size":%s,"modificationTime":1,"dataChange":true}}
        """
            .formatted(name, day, Files.size(other)));
  }
}
