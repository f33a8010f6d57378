package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which Delta tables are not written to, and which are made or changed on request only. */
@Tag("clusters")
class TableRefusalTest extends DeltaScores {
  @Test
  void whatATableHasThatTheJobDoesNotDoIsRefusedInASentenceEach() {
    sql(
        "CREATE TABLE TABLE_ (parcel_id BIGINT NOT NULL, score DOUBLE, LABEL STRING, model_version"
            + " VARCHAR(99), day INT, next BIGINT GENERATED ALWAYS AS (parcel_id + 1)) USING delta"
            + " PARTITIONED BY (day) TBLPROPERTIES ('delta.columnMapping.mode' = 'name',"
            + " 'delta.enableRowTracking' = 'true')");
    sql("ALTER TABLE TABLE_ ADD CONSTRAINT positive CHECK (parcel_id >= 0)");
    sql("ALTER TABLE TABLE_ SET TBLPROPERTIES ('delta.appendOnly' = 'true')");
    long version = version();

    refused(
        score(),
        "column 'score' is DOUBLE",
        "column 'label' is 'LABEL' in table",
        "partition day=2024-01-01 cannot be written",
        "'parcel_id', which is NOT NULL",
        "maps its columns",
        "tracks its rows",
        "is append-only",
        "column 'next', which is generated",
        "is CHAR or VARCHAR",
        "CHECK constraint positive");

    assertThat(version()).isEqualTo(version);
  }

  @Test
  void aClusteredTableIsRefused() {
    sql(
        "CREATE TABLE TABLE_ (parcel_id BIGINT, score FLOAT, label STRING, model_version STRING,"
            + " day STRING) USING delta CLUSTER BY (parcel_id)");

    refused(
        score(),
        "clustering",
        "is partitioned by [], and this run would write partitions by [day]");

    assertThat(version()).isZero();
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
  void aTableIsRefusedWithTheStatementThatAddsTheColumnsThatItLacks() throws IOException {
    takeScored();

    JobRun refused = score("--margin");

    assertThat(refused.exitCode()).isEqualTo(3);
    String message = refused.err();
    assertThat(message).contains("lacks the columns [margin]; add them with ALTER TABLE delta.`");
    sql(message.substring(message.indexOf("ALTER TABLE"), message.indexOf(')') + 1));
    succeeds(score("--margin", "--partition", "day=2024-01-01"));
    assertThat(rows().where("margin IS NOT NULL").count()).isEqualTo(ROWS);
    JobRun fewer = score();
    assertThat(fewer.exitCode()).isEqualTo(3);
    assertThat(fewer.err()).contains("has the columns [margin], which this run does not write");
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
