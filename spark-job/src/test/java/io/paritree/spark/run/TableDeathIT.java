package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.publish.Step;
import io.paritree.store.Location;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The job is killed in its commit to a Delta table. {@link TableStepsTest} ends it at each step
 * within the JVM, and {@code scripts/faults} kills it at each step and at random.
 */
@Tag("nightly")
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
      names = {"COMMIT_BEGUN", "COMMITTED"})
  void readersSeeTheOldRowsOrTheNewAndTheNextRunSucceeds(Step fatal) throws Exception {
    assertThat(trial.killAt(fatal)).isEmpty();
  }

  @AfterAll
  static void readersHaveRead() {
    assertThat(trial.reads()).isPositive();
  }
}
