package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.output.PartitionManifest;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishing on a store that moves files one by one. The store is a local disk that refuses to
 * rename a directory; a run dies at each of its operations, and the run that finishes it as well.
 */
class FileSwapTest {
  /** Trials wait for the disk, which writes what several of them wait for at once. */
  private static final int TRIALS_AT_ONCE = 8;

  @TempDir Path directory;

  /** Ends a run as {@code kill -9} does: nothing of it is done after the operation. */
  private static final class Killed extends RuntimeException {
    Killed() {
      super("killed", null, false, false);
    }
  }

  private static final class Dying implements FaultyStore.Fault {
    private final AtomicInteger left;

    Dying(int operations) {
      this.left = new AtomicInteger(operations);
    }

    /** Beats end with the run, but how many there are before depends on the machine's load. */
    @Override
    public void before(String operation, boolean change) {
      boolean isBeat = Thread.currentThread().getName().equals("paritree-heartbeat");
      int operations = change && !isBeat ? left.getAndDecrement() : left.get();
      if (change && (isBeat ? operations < 0 : operations <= 0)) {
        throw new Killed();
      }
    }
  }

  @Test
  void runThatDiesAtAnyChangeIsFinishedOrRemovedWhereverThatDies() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    int changes = changesOfAReplacement();
    assertThat(changes).isGreaterThan(30);

    ExecutorService trials = Executors.newFixedThreadPool(TRIALS_AT_ONCE);
    try {
      List<Future<Boolean>> published = new ArrayList<>();
      for (int operation = 0; operation <= changes; operation++) {
        int last = operation;
        published.add(trials.submit(() -> dieAt(last, new Random(seed + last))));
      }

      for (Future<Boolean> trial : published) {
        trial.get();
      }

      assertThat(published.get(0).get()).isFalse();
      assertThat(published.get(changes).get()).isTrue();
    } finally {
      trials.shutdownNow();
    }
  }

  /** Returns how often a run that replaces rows, some under another spelling, changes the store. */
  private int changesOfAReplacement() throws Exception {
    Location output = Location.of(directory.resolve("counted").resolve("out"));
    OutputPlace place = place(output, (name, change) -> {});
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    StagedRun.respell(place, "day=1");
    Dying counting = new Dying(Integer.MAX_VALUE);
    OutputPlace counted = place(output, counting);
    StagedRun.publish(counted, "new", StagedRun.tokens(counted), StepObserver.NONE);
    return Integer.MAX_VALUE - counting.left.get();
  }

  /** Returns whether the run that was to die at an operation has published before. */
  private boolean dieAt(int operation, Random random) throws Exception {
    Location output = Location.of(directory.resolve("died-at-" + operation).resolve("out"));
    OutputPlace place = place(output, (name, change) -> {});
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    if (random.nextBoolean()) {
      StagedRun.respell(place, "day=1");
    }

    boolean published = publishAndDie(output, "new", operation);
    String expected = published ? "new" : "";
    for (int again = 0; again < 3; again++) {
      recoverAndDie(output, random.nextInt(40));
    }

    recoverAndDie(output, Integer.MAX_VALUE);
    assertWhole(place, operation, expected);
    StagedRun.publish(place, "newer", StagedRun.tokens(place), StepObserver.NONE);
    assertWhole(place, operation, "newer");
    assertThat(StagedRun.leftOver(place)).as("after operation %s", operation).isEmpty();
    return published;
  }

  @Test
  void runOfWhichAFileIsGoneIsNotPublishedAndTheOldRowsComeBack() throws Exception {
    Location output = Location.of(directory.resolve("out"));
    OutputPlace place = place(output, (name, change) -> {});
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    AtomicInteger moved = new AtomicInteger();
    OutputPlace dying =
        place(
            output,
            (name, change) -> {
              if (moved.get() > 1
                  || name.matches("rename .*/new/.*part-.*") && moved.incrementAndGet() > 1) {
                throw new Killed();
              }
            });
    assertThatThrownBy(
            () -> StagedRun.publish(dying, "new", StagedRun.tokens(dying), StepObserver.NONE))
        .isInstanceOf(Killed.class);
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
    assertWhole(place, 0, "old");
  }

  @Test
  void oldRowsComeBackOnlyWhenNoFileIsBeingMovedAnyMore() throws Exception {
    Location output = Location.of(directory.resolve("out"));
    OutputPlace place = place(output, (name, change) -> {});
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    CountDownLatch comesBack = new CountDownLatch(1);
    OutputPlace failing =
        place(
            output,
            (name, change) -> {
              if (name.matches("rename .*/out/day=1/part-a-old to .*")) {
                throw new IOException("refused");
              } else if (name.matches("remove .*/out/day=1/part-b-old")) {
                awaitAtMost(2, comesBack); // copied, and not removed yet
              } else if (name.matches("delete .*/old/day=1/part-b-old")) {
                comesBack.countDown();
              }
            });

    assertThatThrownBy(
            () -> StagedRun.publish(failing, "new", StagedRun.tokens(failing), StepObserver.NONE))
        .hasMessage("refused");

    assertWhole(place, 0, "old");
  }

  /** Waits as a request to a store does, which an interrupt does not end. */
  private static void awaitAtMost(int seconds, CountDownLatch latch) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (latch.getCount() > 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private boolean publishAndDie(Location output, String content, int operations)
      throws IOException, ConflictException {
    OutputPlace place = place(output, new Dying(operations));
    try {
      StagedRun.publish(place, content, StagedRun.tokens(place), StepObserver.NONE);
      return true;
    } catch (Killed | IOException e) {
      assertKilled(e);
      return false;
    }
  }

  private void recoverAndDie(Location output, int operations) throws IOException {
    try {
      new Recovery(place(output, new Dying(operations)), StagedRun.QUICK).recover();
    } catch (Killed | IOException e) {
      assertKilled(e);
      // The next one finishes what this one has left.
    }
  }

  private static void assertKilled(Exception end) {
    assertThat(end instanceof Killed || end.getCause() instanceof Killed).isTrue();
  }

  /** Each partition holds all files of one run, and nothing else; both of the same run. */
  private static void assertWhole(OutputPlace place, int operation, String expected)
      throws IOException {
    String content = "";
    for (String partition : StagedRun.PARTITIONS) {
      PartitionManifest manifest =
          place
              .manifest(partition)
              .or(() -> respelled(place, partition))
              .orElseThrow(() -> new AssertionError(partition + " after operation " + operation));
      assertThat(place.manifest(partition).isEmpty() || isPublished(place, manifest))
          .as("%s after operation %s", partition, operation)
          .isTrue();
      assertThat(StagedRun.contents(place, partition))
          .as("%s after operation %s", partition, operation)
          .containsExactly(manifest.identity(), manifest.identity());
      assertThat(List.of("", manifest.identity())).contains(content);
      content = manifest.identity();
    }

    if (!expected.isEmpty()) {
      assertThat(content).isEqualTo(expected);
    }
  }

  private static Optional<PartitionManifest> respelled(OutputPlace place, String partition) {
    try {
      return place.manifest(StagedRun.respelled(partition));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isPublished(OutputPlace place, PartitionManifest manifest)
      throws IOException {
    return place.look().isPublished(manifest.partition(), manifest.identity());
  }

  private static OutputPlace place(Location output, FaultyStore.Fault fault) throws IOException {
    return new OutputPlace(FaultyStore.ofObjects(FileStore.of(output), fault), output);
  }
}
