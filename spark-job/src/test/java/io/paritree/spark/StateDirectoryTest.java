package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An output's state may be in a directory of its own; all runs on the output use the same one. */
class StateDirectoryTest {
  @TempDir Path directory;
  private String model;
  private Path input;
  private Path output;
  private Path state;

  @BeforeEach
  void make() {
    model = new TestPackages(directory.resolve("models")).binary().toString();
    input = directory.resolve("in");
    output = directory.resolve("shared/out");
    state = directory.resolve("mine");
    Parcels.write(input.resolve("day=1"), 0, 100, 50, 1);
    Parcels.write(input.resolve("day=2"), 100, 150, 0, 1);
  }

  @Test
  void nothingIsWrittenNextToTheOutputAndLaterRunsFollowTheRecord() throws Exception {
    JobRun first = score("--partition", "day=1", "--state-directory", state, "--run-id", "first");
    JobRun second = score("--run-id", "second");

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(names(output.getParent())).containsExactly("out");
    assertThat(names(output)).containsExactly(".paritree-state", "day=1", "day=2");
    assertThat(Scores.of(output)).hasSize(148);
    assertThat(first.out()).contains("quarantine: " + state + "/out-");
    Path own = state.resolve(names(state).get(0));
    assertThat(names(own)).containsExactlyInAnyOrder("lock", "running", "runs");
    assertThat(names(own.resolve("runs"))).hasSize(2);
    StatusTest.assertEnded(output, "second", 0, "published");
  }

  @Test
  void anotherStateDirectoryIsRefusedBecauseItsRunsWouldMissTheOthers() throws Exception {
    assertThat(score("--state-directory", state).exitCode()).isZero();
    Path other = directory.resolve("other");

    JobRun run = score("--force", "--state-directory", other, "--run-id", "refused");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("the state of output %s is in %s".formatted(output, state))
        .contains(".paritree-state");
    assertThat(other).doesNotExist();
    StatusTest.assertEnded(output, "refused", 3, "refused");
    String[] recovery = {
      "--recover", "--output", output.toString(), "--state-directory", other.toString()
    };
    assertThat(ScoreMain.run(StepObserver.NONE, System.out, System.err, recovery)).isEqualTo(3);
  }

  /** Where the state was next to the output before, what runs have left there is finished first. */
  @Test
  void stateIsNotMovedAwayFromRunsThatHaveNotEnded() throws Exception {
    assertThat(score("--partition", "day=1").exitCode()).isZero();
    Path left = output.resolveSibling("_paritree/out/killed-0123abcd/tasks");
    Files.createDirectories(left);

    JobRun refused = score("--state-directory", state);

    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("have not ended", "--recover");
    assertThat(names(output)).containsExactly("day=1");
    Files.walk(left.getParent()).sorted((one, two) -> two.compareTo(one)).forEach(this::delete);
    assertThat(score("--state-directory", state).exitCode()).isZero();
  }

  @Test
  void runThatBeginsWhileTheStateIsMovedDoesNotPublishAndTheOtherOneDoesNotEither()
      throws Exception {
    assertThat(score("--partition", "day=1").exitCode()).isZero();
    List<JobRun> moved = new ArrayList<>();
    StepObserver moves =
        step -> {
          if (step == Step.STAGED) {
            moved.add(score("--state-directory", state));
          }
        };

    JobRun published = JobRun.observed(moves, arguments("--force").toArray());

    assertThat(published.exitCode()).as(published.err()).isZero();
    assertThat(moved).hasSize(1);
    assertThat(moved.get(0).exitCode()).isEqualTo(3);
    assertThat(moved.get(0).err()).contains("have not ended");

    StepObserver movesEarly =
        step -> {
          if (step == Step.INPUT_CHECKED) {
            moved.add(score("--force", "--state-directory", state));
          }
        };
    JobRun late = JobRun.observed(movesEarly, arguments("--force").toArray());
    assertThat(moved.get(1).exitCode()).as(moved.get(1).err()).isZero();
    assertThat(late.exitCode()).isEqualTo(3);
    assertThat(late.err()).contains("the state of output %s is in %s".formatted(output, state));
  }

  @Test
  void directoriesThatCannotServeAreRefused() throws Exception {
    for (Path wrong : List.of(output, output.resolve("state"))) {
      JobRun run = score("--state-directory", wrong);
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err()).contains("is in output " + output);
    }

    JobRun inInput = score("--state-directory", input.resolve("state"));
    assertThat(inInput.exitCode()).isEqualTo(3);
    assertThat(inInput.err()).contains("is inside input");

    JobRun otherDisk = score("--state-directory", "/proc/paritree");
    assertThat(otherDisk.exitCode()).isEqualTo(3);
    assertThat(otherDisk.err()).contains("on another file system than /proc/paritree");

    JobRun otherStore = score("--state-directory", "hdfs://127.0.0.1:9/state");
    assertThat(otherStore.exitCode()).isEqualTo(3);
    assertThat(otherStore.err()).contains("is on another file system than output");
    assertThat(output).doesNotExist();
  }

  @Test
  void outputThatIsReplacedAsAWholeKeepsItsStateNextToIt() {
    input = input.resolve("day=1");

    JobRun run = score("--state-directory", state);

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("is not partitioned", "--output-partition");
    assertThat(score("--state-directory", state, "--output-partition", "day=1").exitCode())
        .isZero();
  }

  private JobRun score(Object... more) {
    return JobRun.of(arguments(more).toArray());
  }

  private List<Object> arguments(Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("--model", model, "--input", input, "--output", output, "--keys", "parcel_id"));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private void delete(Path path) {
    path.toFile().delete();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
