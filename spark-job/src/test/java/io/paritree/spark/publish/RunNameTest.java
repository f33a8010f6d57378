package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The groups of a run are recognized by their names, and not confused with those of others. */
class RunNameTest {
  @TempDir Path directory;

  @Test
  void groupsOfARunHaveItsNameInCommon() {
    RunName first = RunName.first("nightly");
    RunName second = first.next();

    assertThat(first.toString()).matches("nightly-[0-9a-f]{8}");
    assertThat(second.toString()).isEqualTo(first + ".2");
    assertThat(second.next().toString()).isEqualTo(first + ".3");
    assertThat(Stream.of(first.toString(), second.toString(), second + "~12").map(RunName::runOf))
        .containsOnly(first.toString());
    assertThat(RunName.runOf(RunName.first("nightly").toString())).isNotEqualTo(first.toString());
  }

  @Test
  void numbersInTheIdOfARunAreNotThoseOfGroups() {
    assertThat(RunName.runOf("a-0123abcd.2-89abcdef")).isEqualTo("a-0123abcd.2-89abcdef");
    assertThat(RunName.runOf("a-0123abcd.2-89abcdef.10")).isEqualTo("a-0123abcd.2-89abcdef");
  }

  @Test
  void whatRunsKeepThatHaveNotEndedIsNotRemoved() throws Exception {
    Location output = Location.of(directory.resolve("out").toString());
    OutputPlace place = new OutputPlace(FileStore.of(output), output);
    Path state = directory.resolve("_paritree/out");
    RunName own = RunName.first("own");
    RunName running = RunName.first("running");
    RunName ended = RunName.first("ended");
    for (RunName kept : List.of(own, running, running.next(), ended, ended.next())) {
      Files.createDirectories(state.resolve("runs").resolve(kept.toString()));
    }

    Files.createDirectories(state.resolve(running.next().next().toString()));
    new KeptRuns(place).remove(1, own.next());

    try (Stream<Path> runs = Files.list(state.resolve("runs"))) {
      assertThat(runs.map(run -> run.getFileName().toString()))
          .containsExactlyInAnyOrder(own.toString(), running.toString(), running.next().toString());
    }
  }
}
