package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.MemoryDisk;
import io.paritree.spark.publish.Step;
import io.paritree.store.Location;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole job is killed: at some steps, or with {@code -Dforms.all=true} at each, while it
 * replaces an output, and at some steps while it publishes for the first time. {@code
 * PublisherTest} kills what publishes at each step; {@code DeathTest} compares what that leaves
 * with what a killed process does, and {@code scripts/faults job} kills processes.
 */
@Tag("clusters")
class JobDeathIT {
  @TempDir(factory = MemoryDisk.class)
  static Path directory;

  private static DeathTrial trial;

  @BeforeAll
  static void prepare() throws Exception {
    trial =
        new DeathTrial(new MortalJob(directory, Location.of(directory), MortalJob.FEW, 600, ""));
  }

  static List<Step> steps() {
    EnumSet<Step> ofTables = EnumSet.of(Step.COMMIT_BEGUN, Step.COMMITTED, Step.COMMIT_PROVED);
    return Forms.some(3, EnumSet.complementOf(ofTables));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void readersSeeOldOrNewAndTheNextRunSucceeds(Step fatal) throws Exception {
    trial.ensureOutput();
    assertThat(trial.killAt(fatal, fatal == Step.NEW_MOVED ? 2 : 1)).isEmpty();
  }

  static List<Step> stepsOfAFirst() {
    return Forms.some(
        1, List.of(Step.PREPARED, Step.SWAP_BEGUN, Step.NEW_MOVED, Step.REPORT_MOVED));
  }

  @ParameterizedTest
  @MethodSource("stepsOfAFirst")
  void readersSeeAFirstPublicationAtOnceOrNotAtAll(Step fatal) throws Exception {
    trial.forgetOutput();
    assertThat(trial.killAt(fatal, 1)).isEmpty();
  }

  @Test
  @Tag("nightly")
  void readersSeeOldOrNewWhereAProcessIsKilled() throws Exception {
    trial.ensureOutput();
    assertThat(trial.killProcessAt(Step.NEW_MOVED, 2)).isEmpty();
  }

  @AfterAll
  static void readersHaveLooked() {
    assertThat(trial.looks()).isPositive();
  }
}
