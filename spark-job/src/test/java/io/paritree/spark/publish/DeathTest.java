package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.MemoryDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that is killed in this JVM leaves what a process leaves that is killed at this step. */
class DeathTest {
  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private OutputPlace place;

  @BeforeEach
  void publish() throws Exception {
    place = StagedRun.place(directory.resolve("out"));
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"VERIFIED", "LOCKED", "OLD_MOVED", "REPORT_MOVED"})
  void itLeavesWhatAKilledProcessLeaves(Step fatal) throws Exception {
    OutputPlace other = StagedRun.place(directory.resolve("other/out"));
    StagedRun.publish(other, "old", StagedRun.tokens(other), StepObserver.NONE);
    Process process = StagedRun.start(other.output(), "new", "die", fatal);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(137);

    Death.at(fatal, place, StagedRun.QUICK, "new");

    assertThat(files(place)).isEqualTo(files(other));
  }

  @Test
  void itsLocksAreFree() throws Exception {
    Death.at(Step.OLD_MOVED, place, StagedRun.QUICK, "new");

    Path sign = place.listOrNone(place.running()).get(0).location().toPath();
    assertThat(sign.getFileName().toString()).startsWith("run-new");
    assertThat(FileLocks.isLocked(sign)).isFalse();
    assertThat(FileLocks.isLocked(place.lock().toPath().resolve("held"))).isFalse();
  }

  /** Returns the contents of all files of an output and its state, by names that all runs share. */
  private static Map<String, String> files(OutputPlace place) throws IOException {
    Path home = place.output().parent().toPath();
    Map<String, String> contents = new TreeMap<>();
    for (Path top : new Path[] {place.output().toPath(), place.state().toPath()}) {
      try (Stream<Path> below = Files.walk(top)) {
        for (Path path : below.toList()) {
          String content = Files.isRegularFile(path) ? Files.readString(path) : "a directory";
          contents.put(
              withoutRandom(home.relativize(path).toString()),
              withoutRandom(content.replace(home.toString(), "")));
        }
      }
    }

    return contents;
  }

  private static String withoutRandom(String text) {
    return text.replaceAll("(run-(?:old|new))-[0-9a-f]{8}", "$1-random");
  }
}
