package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.MemoryDisk;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * In one run the first operation on the store fails, in another the second, and so on until none
 * fails. Each run that reports success has published, each that reports failure has not, and the
 * next run succeeds.
 */
class FailingStoreTest {
  private static final String REASON = "No space left on device";

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  /** What is in the output before the run. */
  private enum Before {
    NOTHING,
    ROWS,
    ROWS_SPELLED_OTHERWISE
  }

  @ParameterizedTest
  @EnumSource(Before.class)
  void runThatOneOperationFailsPublishesAllOrNothing(Before there) throws Exception {
    boolean replaces = there != Before.NOTHING;
    int failing = 1;
    while (true) {
      Trial trial = new Trial(failing, false, there);
      Exception failure = trial.run();
      if (!trial.hasFailed()) {
        break;
      }

      List<String> before = replaces ? List.of("old", "old") : List.of();
      for (String partition : StagedRun.PARTITIONS) {
        assertThat(StagedRun.contents(trial.place, partition))
            .as("%s after the failure of operation %s", partition, trial.failed)
            .isEqualTo(failure == null ? List.of("new", "new") : before);
      }

      trial.assertTheNextRunSucceeds();
      failing++;
    }

    assertThat(failing).isGreaterThan(30);
  }

  @ParameterizedTest
  @EnumSource(
      value = Before.class,
      names = {"ROWS", "ROWS_SPELLED_OTHERWISE"})
  void runThatLosesItsStoreLeavesOldRowsOrNewOnes(Before there) throws Exception {
    int failing = 1;
    while (true) {
      Trial trial = new Trial(failing, true, there);
      Exception failure = trial.run();
      if (!trial.hasFailed()) {
        break;
      }

      Set<String> seen = new TreeSet<>();
      for (String partition : StagedRun.PARTITIONS) {
        List<String> contents = StagedRun.contents(trial.place, partition);
        boolean isBetweenRenames = trial.failed.contains("/new/" + partition + " to ");
        // Where the rows have another name, they go before their own name is looked for.
        boolean mayBeBetween =
            there == Before.ROWS_SPELLED_OTHERWISE
                && trial.failed.matches("(find|rename) .*/out/" + partition + "( to .*)?");
        List<List<String>> expected = List.of(List.of("old", "old"), List.of("new", "new"));
        if (isBetweenRenames) {
          expected = List.of(List.of());
        } else if (mayBeBetween) {
          expected = List.of(List.of(), List.of("old", "old"));
        }

        assertThat(contents)
            .as("%s after the store was lost at %s", partition, trial.failed)
            .isIn(expected);
        seen.addAll(contents);
      }

      if (failure == null) {
        assertThat(seen).containsExactly("new");
      }

      trial.assertTheNextRunSucceeds();
      failing++;
    }

    assertThat(failing).isGreaterThan(40);
  }

  /** One run, in which one operation fails, or that operation and all later ones. */
  private final class Trial {
    private final OutputPlace place;
    private final OutputPlace faulty;
    private int left;
    private final boolean forGood;
    private String failed = "";

    private Trial(int failing, boolean forGood, Before there) throws Exception {
      this.place =
          StagedRun.place(directory.resolve(forGood + "-" + there + "-" + failing + "/out"));
      this.faulty =
          new OutputPlace(new FaultyStore(place.store(), this::before), place.output())
              .with(place.calls());
      this.forGood = forGood;
      if (there != Before.NOTHING) {
        StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
      }

      if (there == Before.ROWS_SPELLED_OTHERWISE) {
        StagedRun.respell(place, "day=1");
      }

      this.left = failing;
    }

    private void before(String operation, boolean change) throws IOException {
      left--;
      if (left == 0 || left < 0 && forGood) {
        failed = failed.isEmpty() ? operation : failed;
        throw new FileSystemException(operation, null, REASON);
      }
    }

    /** Returns the exception with which the run failed; null if it has published. */
    private Exception run() throws Exception {
      List<String> before = StagedRun.tokens(place);
      try {
        StagedRun.publish(faulty, "new", before, StepObserver.NONE);
        return null;
      } catch (IOException e) {
        assertThat(e).as("after %s", failed).hasMessageContaining(REASON);
        return e;
      }
    }

    private boolean hasFailed() {
      return !failed.isEmpty();
    }

    private void assertTheNextRunSucceeds() throws Exception {
      List<String> moved =
          StagedRun.publish(place, "newer", StagedRun.tokens(place), StepObserver.NONE);
      assertThat(moved).isEqualTo(StagedRun.PARTITIONS);
      for (String partition : StagedRun.PARTITIONS) {
        assertThat(StagedRun.contents(place, partition)).containsExactly("newer", "newer");
      }

      assertThat(new ArrayList<>(StagedRun.leftOver(place))).as("left after %s", failed).isEmpty();
    }
  }
}
