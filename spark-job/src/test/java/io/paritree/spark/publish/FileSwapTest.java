package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.MemoryDisk;
import io.paritree.Seed;
import io.paritree.output.PartitionManifest;
import io.paritree.spark.publish.Death.Killed;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishing on a store that moves files one by one. The store is a local disk that refuses to
 * rename a directory; a run dies at each of its changes, and the run that finishes it as well.
 */
class FileSwapTest {
  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private OutputPlace place;

  @BeforeEach
  void publish() throws Exception {
    place = place(Location.of(directory.resolve("out")), (operation, change) -> {});
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
  }

  @Test
  void runThatDiesAtAnyChangeIsFinishedOrRemovedWhereverThatDies() throws Exception {
    long seed = Seed.next();
    System.out.println("seed " + seed);
    SwapDeaths deaths =
        new SwapDeaths(Location.of(directory), StagedRun.QUICK, FileSwapTest::place);
    int changes = deaths.changesOfAReplacement();
    assertThat(changes).isGreaterThan(30);

    Map<Integer, Boolean> published = new ConcurrentHashMap<>();
    Trials.ofEach(
        IntStream.rangeClosed(0, changes).boxed().toList(),
        last -> published.put(last, deaths.dieAt(last, new Random(seed + last))));

    assertThat(published).hasSize(changes + 1).containsEntry(0, false).containsEntry(changes, true);
  }

  @Test
  void runOfWhichAFileIsGoneIsNotPublishedAndTheOldRowsComeBack() throws Exception {
    AtomicInteger moved = new AtomicInteger();
    OutputPlace dying =
        place(
            place.output(),
            (name, change) -> {
              if (moved.get() > 1
                  || name.matches("rename .*/new/.*part-.*") && moved.incrementAndGet() > 1) {
                throw new Killed();
              }
            });
    assertThatThrownBy(
            () -> StagedRun.publish(dying, "new", StagedRun.tokens(dying), StepObserver.NONE))
        .satisfies(
            end -> assertThat(end instanceof Killed || end.getCause() instanceof Killed).isTrue());
    Path lost;
    try (Stream<Path> state = Files.walk(place.state().toPath())) {
      lost =
          state
              .filter(path -> path.toString().contains("/new/day=2/part-"))
              .findFirst()
              .orElseThrow();
    }

    Files.delete(lost);

    List<String> found = new Recovery(place, StagedRun.QUICK).recover();

    assertThat(String.join(" ", found)).contains("removed", lost.getFileName().toString());
    SwapDeaths.assertWhole(place, 0, "old");
  }

  @Test
  void partitionsOfAKilledRunAreNamedUntilTheirRowsCanBeSeenAgain() throws Exception {
    AtomicInteger moved = new AtomicInteger();
    OutputPlace dying =
        place(
            place.output(),
            (name, change) -> {
              if (moved.get() > 0
                  || name.matches("rename .*/new/day=1/part-.*") && moved.incrementAndGet() > 0) {
                throw new Killed();
              }
            });
    assertThat(place.beingReplaced()).isEmpty();

    assertThatThrownBy(
            () -> StagedRun.publish(dying, "new", StagedRun.tokens(dying), StepObserver.NONE))
        .satisfies(
            end -> assertThat(end instanceof Killed || end.getCause() instanceof Killed).isTrue());

    assertThat(place.beingReplaced()).containsKey("day=1");
    assertThat(place.published())
        .extracting(PartitionManifest::partition)
        .doesNotContainAnyElementsOf(place.beingReplaced().keySet());
    new Recovery(place, StagedRun.QUICK).recover();
    assertThat(place.beingReplaced()).isEmpty();
    SwapDeaths.assertWhole(place, 0, "new");
  }

  @Test
  void oldRowsComeBackOnlyWhenNoFileIsBeingMovedAnyMore() throws Exception {
    CountDownLatch comesBack = new CountDownLatch(1);
    OutputPlace failing =
        place(
            place.output(),
            (name, change) -> {
              if (name.matches("rename .*/out/day=1/part-a-old to .*")) {
                throw new IOException("refused");
              } else if (name.matches("remove .*/out/day=1/part-b-old")) {
                awaitAtMost(1_000, comesBack); // copied, and not removed yet
              } else if (name.matches("delete .*/old/day=1/part-b-old")) {
                comesBack.countDown();
              }
            });

    assertThatThrownBy(
            () -> StagedRun.publish(failing, "new", StagedRun.tokens(failing), StepObserver.NONE))
        .hasMessage("refused");

    SwapDeaths.assertWhole(place, 0, "old");
  }

  @Test
  void partitionsAreMovedAtTheSameTimeEachInItsOwnOrder() throws Exception {
    CountDownLatch other = new CountDownLatch(1);
    List<String> renames = Collections.synchronizedList(new ArrayList<>());
    OutputPlace slow =
        place(
            place.output(),
            (name, change) -> {
              if (name.matches("rename .*/new/day=1/part-.*")) {
                awaitAtMost(10_000, other);
              } else if (name.matches("rename .*/new/day=2/part-.*")) {
                other.countDown();
              }

              if (name.matches("rename .*/day=.*")) {
                renames.add(name);
              }
            });

    StagedRun.publish(slow, "new", StagedRun.tokens(slow), StepObserver.NONE);

    assertThat(other.getCount()).isZero();
    for (String partition : StagedRun.PARTITIONS) {
      List<String> kinds =
          renames.stream().filter(name -> name.contains(partition)).map(this::kind).toList();
      assertThat(kinds.stream().distinct())
          .containsExactly("old mark", "old rows", "new rows", "new mark");
      assertThat(kinds).isSortedAccordingTo(Comparator.comparing(kinds::indexOf));
    }
  }

  private String kind(String rename) {
    String what = rename.contains("/part-") ? " rows" : " mark";
    return (rename.matches("rename .*/new/.* to .*") ? "new" : "old") + what;
  }

  /** Waits as a request to a store does, which an interrupt does not end. */
  private static void awaitAtMost(int millis, CountDownLatch latch) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (latch.getCount() > 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static OutputPlace place(Location output, FaultyStore.Fault fault) throws IOException {
    return new OutputPlace(FaultyStore.ofObjects(FileStore.of(output), fault), output);
  }
}
