package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.publish.Step;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole job is killed once at each step that lies before publishing, and once between the two
 * renames; the steps of publishing itself are those of {@code PublisherTest}.
 */
class JobDeathIT {
  @TempDir static Path directory;
  private static DeathTrial trial;

  @BeforeAll
  static void prepare() {
    trial = new DeathTrial(directory, 3_000);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"INPUT_CHECKED", "STAGING_MADE", "TASK_ENDED", "STAGED", "OLD_MOVED"})
  void readersSeeOldOrNewAndTheNextRunSucceeds(Step fatal) throws Exception {
    assertThat(trial.killAt(fatal, 1)).isEmpty();
  }

  @AfterAll
  static void readersHaveLooked() {
    assertThat(trial.looks()).isPositive();
  }
}
