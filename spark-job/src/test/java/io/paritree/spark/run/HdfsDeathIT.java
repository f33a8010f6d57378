package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.MemoryDisk;
import io.paritree.spark.publish.Step;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole job with input and output on HDFS is killed where partitions are moved; the next run
 * takes over its lock. On each push {@code HdfsPublisherTest} kills what publishes there at each
 * step, and {@link JobDeathIT} the job on a local disk; {@code scripts/faults job --hdfs} kills a
 * process at each step.
 */
@Tag("nightly")
class HdfsDeathIT {
  @TempDir(factory = MemoryDisk.class)
  static Path directory;

  private static DeathTrial trial;

  @BeforeAll
  static void prepare() throws Exception {
    trial = DeathTrial.onHdfs(directory, TestHdfs.directory("trial"), 600);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"STAGED", "PREPARED", "SWAP_BEGUN", "OLD_MOVED", "NEW_MOVED", "REPORT_MOVED"})
  void readersSeeOldOrNewAndTheNextRunSucceeds(Step fatal) throws Exception {
    trial.ensureOutput();
    assertThat(trial.killAt(fatal, 1)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"SWAP_BEGUN", "NEW_MOVED"})
  void readersSeeAFirstPublicationAtOnceOrNotAtAll(Step fatal) throws Exception {
    trial.forgetOutput();
    assertThat(trial.killAt(fatal, 1)).isEmpty();
  }

  @Test
  void readersSeeOldOrNewWhereAProcessIsKilled() throws Exception {
    trial.ensureOutput();
    assertThat(trial.killProcessAt(Step.OLD_MOVED, 1)).isEmpty();
  }

  @AfterAll
  static void readersHaveLooked() {
    assertThat(trial.looks()).isPositive();
  }
}
