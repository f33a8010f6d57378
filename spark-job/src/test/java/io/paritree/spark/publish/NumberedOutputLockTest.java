package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.MemoryDisk;
import io.paritree.output.PartitionManifest;
import io.paritree.output.TestManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock for stores without file locks, tested on a local disk: it needs only a store. */
class NumberedOutputLockTest {
  private static final LockTimes QUICK =
      new LockTimes(Duration.ofMillis(20), Duration.ofMillis(400));

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private OutputPlace place;

  @BeforeEach
  void place() throws IOException {
    place = StagedRun.place(directory.resolve("out"));
    place.store().createDirectories(place.lock());
  }

  @Test
  @SuppressWarnings("try") // the lock is held, not used
  void oneHoldsItAtATime() throws Exception {
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<Void>> running = new ArrayList<>();
    for (int thread = 0; thread < 8; thread++) {
      String run = "run" + thread;
      running.add(
          threads.submit(
              () -> {
                for (int turn = 0; turn < 5; turn++) {
                  try (OutputLock lock = take(run)) {
                    most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                    holders.decrementAndGet();
                  }
                }

                return null;
              }));
    }

    for (Future<Void> run : running) {
      run.get();
    }

    threads.shutdown();
    assertThat(most).hasValue(1);
  }

  @Test
  @SuppressWarnings("try") // the lock is held, not used
  void lockOfTheDeadIsTakenOverAndItsRunDirectoryFenced() throws Exception {
    Files.createDirectories(place.state().resolve("dead").toPath());
    place.store().create(place.lock().resolve("1"), OutputPlace.utf8("dead"));
    place.store().create(place.lock().resolve("1.beat"), OutputPlace.utf8("dead 7"));
    long begin = System.nanoTime();

    try (OutputLock lock = take("alive")) {
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(QUICK.stale());
      assertThat(place.unfinished()).containsExactly("dead~2");
    }
  }

  @Test
  @SuppressWarnings("try") // the lock is held, not used
  void lockOfTheLivingIsNotTaken() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (OutputLock held = take("alive")) {
      Future<OutputLock> other = thread.submit(() -> take("other"));
      Watch watch = new Watch(System::nanoTime);
      while (watch.unchanged("time", "").compareTo(QUICK.stale().multipliedBy(3)) < 0) {
        assertThat(other.isDone()).isFalse();
        LockSupport.parkNanos(1_000_000);
      }

      held.close();
      other.get().close();
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void pausedRunMovesNothingAfterItsLockWasTakenOver() throws Exception {
    List<String> before = StagedRun.tokens(place);
    AtomicReference<String> name = new AtomicReference<>();
    StepObserver takeOver =
        step -> {
          if (step == Step.SWAP_BEGUN) {
            fenceAndPublish(name.get());
          }
        };
    Publisher.Run paused = new Publisher(place, LockTimes.DEFAULT, takeOver).begin("paused");
    name.set(paused.directory().name());
    List<PreparedPartition> prepared = StagedRun.stage(place, paused.directory(), "paused", before);

    assertThatThrownBy(() -> paused.publish(prepared, moving -> {}))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("declared this one dead");
    assertThat(place.manifest("day=1").orElseThrow().identity()).isEqualTo("winner");
    assertThat(place.manifest("day=2").orElseThrow().identity()).isEqualTo("winner");
    paused.close();
  }

  /** Does what another run does when it takes the lock over while the holder is paused. */
  private void fenceAndPublish(String holder) {
    try {
      place.store().rename(place.state().resolve(holder), place.state().resolve(holder + "~2"));
      RunDirectory fenced = new RunDirectory(place, holder + "~2");
      fenced.delete();
      for (String partition : StagedRun.PARTITIONS) {
        PartitionManifest manifest = TestManifest.of(partition, "winner", "winner-1", List.of());
        place
            .store()
            .create(place.partition(partition).resolve(PartitionManifest.FILE), manifest.toJson());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @SuppressWarnings("try") // the lock is held, not used
  void lateContenderDoesNotTakeANumberThatOthersHavePassed() throws Exception {
    take("first").close();
    take("second").close();
    try (OutputLock third = take("third")) {
      // The numbers 1 and 2 are removed; a run with an old listing would create 2 again.
      assertThat(place.store().find(place.lock().resolve("2"))).isEmpty();
      place.store().create(place.lock().resolve("2"), OutputPlace.utf8("late"));
      assertThat(NumberedOutputLock.highest(place)).isEqualTo(3);
    }
  }

  private OutputLock take(String run) throws IOException {
    return NumberedOutputLock.take(place, run, QUICK, new Watch(System::nanoTime));
  }
}
