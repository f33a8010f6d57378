package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from an output while another run publishes. */
class OutputPlaceTest {
  @TempDir Path directory;

  @Test
  void aLookBetweenTheTwoRenamesOfAPartitionTakesNothingForForeign() throws Exception {
    Location output = Location.of(directory.resolve("out"));
    OutputPlace place = StagedRun.place(output);
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    String token = place.look().token("day=1");
    Path partition = output.resolve("day=1").toPath();
    Path away = directory.resolve("away");
    AtomicBoolean hasGone = new AtomicBoolean();

    FileStore swapped =
        new FaultyStore(
            FileStore.of(output),
            (operation, change) -> {
              if (operation.startsWith("read " + partition) && !hasGone.getAndSet(true)) {
                Files.move(partition, away);
              } else if (operation.equals("list " + partition) && Files.exists(away)) {
                Files.move(away, partition);
              }
            });

    assertThat(new OutputPlace(swapped, output).look().token("day=1")).isEqualTo(token);
    assertThat(hasGone).isTrue();
  }

  @Test
  void placeReportsWhatIsThere() throws Exception {
    Path output = Files.createDirectories(directory.resolve("out"));
    Files.createDirectories(output.resolve("day=1"));
    Files.writeString(Files.createDirectories(output.resolve("day=2")).resolve("a"), "text");
    OutputPlace place = StagedRun.place(Location.of(output));

    assertThat(place.look().token("day=0")).isEqualTo("absent");
    assertThat(place.look().token("day=1")).isEqualTo("empty");
    assertThat(place.look().token("day=2")).isEqualTo("foreign");
  }
}
