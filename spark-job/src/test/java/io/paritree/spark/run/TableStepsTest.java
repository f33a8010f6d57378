package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.publish.Step;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * At each step of a run's commit to a Delta table, readers see all old rows or all new ones, also
 * if the run ends there. {@link TableDeathIT} ends its process.
 */
@Tag("clusters")
class TableStepsTest extends DeltaScores {
  private static final List<Step> BEFORE = List.of(Step.SCORED, Step.VERIFIED, Step.COMMIT_BEGUN);
  private static final List<Step> AFTER = List.of(Step.COMMITTED, Step.COMMIT_PROVED);

  @Test
  void readersSeeTheOldRowsUntilTheCommitAndThenTheNew() throws IOException {
    takeScored();
    Map<Long, Integer> before = Scores.of(rows());
    Map<Step, Map<Long, Integer>> seen = new EnumMap<>(Step.class);

    JobRun run =
        observed(
            step -> {
              if (BEFORE.contains(step) || AFTER.contains(step)) {
                seen.put(step, Scores.of(rows()));
              }
            },
            "--model",
            otherModel);

    succeeds(run);
    Map<Long, Integer> after = Scores.of(rows());
    assertThat(after).hasSize(2 * ROWS).isNotEqualTo(before);
    BEFORE.forEach(step -> assertThat(seen.get(step)).as(step.name()).isEqualTo(before));
    AFTER.forEach(step -> assertThat(seen.get(step)).as(step.name()).isEqualTo(after));
  }

  /** On each push {@code TableCommitTest} ends a run at each step, on a table in memory. */
  @Test
  @Tag("nightly")
  void aRunThatEndsAtAnyStepLeavesTheOldRowsOrTheNewAndTheNextOneSucceeds() throws IOException {
    takeScored();
    Map<Long, Integer> first = Scores.of(rows());
    for (Step fatal : BEFORE) {
      endsAt(fatal, otherModel);
      assertThat(Scores.of(rows())).as(fatal.name()).isEqualTo(first);
    }

    endsAt(Step.COMMITTED, otherModel);
    Map<Long, Integer> second = Scores.of(rows());
    assertThat(second).hasSize(2 * ROWS).isNotEqualTo(first);
    assertThat(score("--model", otherModel).out()).contains("already published");
    endsAt(Step.COMMIT_PROVED, model);
    assertThat(Scores.of(rows())).isEqualTo(first);
    assertThat(score().out()).contains("already published");
    succeeds(score("--model", otherModel));
    assertThat(Scores.of(rows())).isEqualTo(second);
    assertThat(leftOver()).isEmpty();
  }

  private void endsAt(Step fatal, String scoring) {
    JobRun run =
        observed(
            step -> {
              if (step == fatal) {
                throw new IllegalStateException("as if the run had died here");
              }
            },
            "--model",
            scoring);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.err()).contains("as if the run had died here");
  }

  /** Returns what is in the state that no run needs. */
  private List<String> leftOver() throws IOException {
    Location state = state();
    try (Stream<Path> files = Files.list(state.toPath())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.matches("runs|running|lock|written-.*"))
          .toList();
    }
  }
}
