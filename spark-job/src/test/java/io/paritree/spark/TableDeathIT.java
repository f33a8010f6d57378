package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.publish.Step;
import io.paritree.store.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The job is killed around its commit to a Delta table; and it says so where Delta is missing. */
@Tag("clusters")
class TableDeathIT {
  @TempDir static Path directory;
  private static TableDeathTrial trial;

  @BeforeAll
  static void prepare() throws Exception {
    trial = new TableDeathTrial(directory, Location.of(directory), 3_000);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"SCORED", "VERIFIED", "COMMIT_BEGUN", "COMMITTED", "COMMIT_PROVED"})
  void readersSeeTheOldRowsOrTheNewAndTheNextRunSucceeds(Step fatal) throws Exception {
    assertThat(trial.killAt(fatal)).isEmpty();
  }

  @AfterAll
  static void readersHaveRead() {
    assertThat(trial.reads()).isPositive();
  }

  @Test
  void withoutDeltaTheJobRunsAndRefusesTables() throws Exception {
    Path parcels = directory.resolve("parcels");
    Parcels.write(parcels, 0, 100, 0, 1);

    assertThat(withoutDelta("--input", parcels, "--output", directory.resolve("plain"))).isZero();
    assertThat(Scores.of(directory.resolve("plain"))).hasSize(100);
    for (List<Object> tables :
        List.of(
            List.<Object>of("--input", parcels, "--table", directory.resolve("none")),
            List.<Object>of(
                "--input-table", directory.resolve("table"), "--output", directory.resolve("o")))) {
      assertThat(withoutDelta(tables.toArray())).isEqualTo(3);
      assertThat(Files.readString(directory.resolve("without.log")))
          .contains(
              "Delta is not on Spark's class path", "--packages io.delta:delta-spark_4.2_2.13");
    }
  }

  private static int withoutDelta(Object... more) throws Exception {
    Object[] all = new Object[more.length + 4];
    all[0] = "--model";
    all[1] = VersionTrial.MODEL;
    all[2] = "--keys";
    all[3] = "parcel_id";
    System.arraycopy(more, 0, all, 4, more.length);
    return JobProcess.exitCode(
        JobProcess.start(
            JobProcess.packaged(),
            List.of(),
            directory.resolve("without.log"),
            ScoreMain.class.getName(),
            all));
  }
}
