package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.spark.publish.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What others commit to a Delta table while a run is at work, and what a run leaves that publishes
 * nothing. What comes of that in any format, {@code TableCommitTest} tries on each push.
 */
@Tag("clusters")
class TableConflictTest extends DeltaScores {
  static List<Step> stepsBeforeACommit() {
    return Forms.some(1, List.of(Step.STAGING_MADE, Step.COMMIT_BEGUN));
  }

  @ParameterizedTest
  @MethodSource("stepsBeforeACommit")
  void aWriterToTheSamePartitionsIsAConflict(Step when) throws IOException {
    takeScored();

    JobRun run =
        disturbed(
            when,
            () -> sql("INSERT INTO TABLE_ SELECT * FROM TABLE_ WHERE parcel_id = 3"),
            "--model",
            otherModel,
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

  @Test
  void writersToOtherPartitionsAndOptimizeAreNone() throws IOException {
    takeScored();

    JobRun run =
        disturbed(
            Step.COMMIT_BEGUN,
            () -> {
              sql("INSERT INTO TABLE_ SELECT * FROM TABLE_ WHERE parcel_id = 150");
              sql("OPTIMIZE TABLE_");
            },
            "--model",
            otherModel,
            "--partition",
            "day=2024-01-01");

    succeeds(run);
    assertThat(rows().where("day = '2024-01-01'").count()).isEqualTo(ROWS);
    assertThat(rows().where("day = '2024-01-02'").count()).isEqualTo(ROWS + 1);
    assertThat(rows().select("model_version").distinct().count()).isEqualTo(2);
  }

  @Test
  @Tag("nightly")
  void theSameRunTwiceAtOncePublishesOnce() {
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
    assertThat(last().getString(0)).contains("inner");
  }

  @Test
  @Tag("nightly")
  void aTableThatAnotherRunHasMadeMeanwhileIsTaken() {
    Object[] first = {"--partition", "day=2024-01-01"};

    succeeds(
        disturbed(
            Step.COMMIT_BEGUN, () -> succeeds(score("--partition", "day=2024-01-02")), first));

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
  @Tag("nightly")
  void aRunThatPublishesNothingMakesNoTableAndTheNextOneDoesAmongItsFiles() throws IOException {
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
    assertThat(Scores.files(table)).as("files that a killed run has left").isNotEmpty();
    succeeds(score());
    assertThat(version()).isZero();
    assertThat(Scores.of(rows())).hasSize(2 * ROWS);
  }

  @Test
  @Tag("nightly")
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
}
