package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.MemoryDisk;
import io.paritree.Seed;
import io.paritree.SomeForms;
import io.paritree.spark.run.TestHdfs;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A run that is paused and continues later. On HDFS it counts as dead meanwhile, and can no longer
 * move anything once another run has taken over its lock; on local disks, it keeps its lock. With
 * {@code -Dpauses.all=true} it is paused before each change.
 */
@Tag("clusters")
class PausedRunTest {
  private static final LockTimes QUICK = StagedRun.IMPATIENT;

  /** So many changes fewer a run may have: of those that are made at once, one may do for two. */
  private static final int SPARED = 2;

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  @ParameterizedTest
  @SomeForms(
      count = 2,
      value = {"false | false", "true | false", "false | true", "true | true"})
  void runThatIsPausedBeforeAnyChangeMovesNothingOnceItWasTakenForDead(
      boolean replaced, boolean fileByFile) throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    Pause counted = new Pause(0, replaced, fileByFile);
    assertThat(counted.run()).isEqualTo("published");
    int changes = -counted.left;
    assertThat(changes).isGreaterThan(15);

    // The seed chooses a sixteenth of the changes, and half of that of the many that move files.
    int furthest = fileByFile ? 63 : 31;
    List<Integer> pauses = new ArrayList<>();
    boolean inAll = Boolean.getBoolean("pauses.all");
    for (int pausing = 1; pausing <= changes; pausing += inAll ? 1 : 1 + random.nextInt(furthest)) {
      pauses.add(pausing);
    }

    Trials.ofEach(
        pauses,
        pausing -> {
          Pause pause = new Pause(pausing, replaced, fileByFile);
          String outcome = pause.run();
          String described =
              "paused before %s, then %s, -Dseed=%s".formatted(pause.pausedAt, outcome, seed);
          if (pausing > changes - SPARED && !pause.hasPaused()) {
            assertThat(outcome).as(described).isEqualTo("published");
            return;
          }

          assertThat(pause.hasPaused()).as("change %s of %s", pausing, changes).isTrue();
          assertMovedNothing(pause, outcome, described);
        });
  }

  private static void assertMovedNothing(Pause pause, String outcome, String described)
      throws IOException {
    Map<String, List<String>> after = outputOf(pause.place);
    assertThat(after)
        .as(described)
        .isEqualTo(
            outcome.equals("published") && !pause.replaced
                ? Map.of("day=1", twice("paused"), "day=2", twice("paused"))
                : pause.meanwhile);
    new Recovery(pause.place, QUICK).recover();
    assertThat(outputOf(pause.place)).as(described).isEqualTo(after);
    assertThat(StagedRun.leftOver(pause.place)).as(described).isEmpty();
  }

  /** A run that is paused before one of its changes, while others recover and publish. */
  private static final class Pause {
    private final OutputPlace place;
    private final OutputPlace pausing;
    private final boolean replaced;
    private final CountDownLatch over = new CountDownLatch(1);
    private int left;
    private boolean counts;
    private volatile Thread paused;
    private String pausedAt = "";
    private Map<String, List<String>> meanwhile;

    private Pause(int pausing, boolean replaced, boolean fileByFile) throws Exception {
      Location output =
          TestHdfs.directory("paused-%s-%s/%s/out".formatted(replaced, fileByFile, pausing));
      this.place = place(output, fileByFile, (operation, change) -> {});
      this.pausing = place(output, fileByFile, this::before);
      this.replaced = replaced;
      this.left = pausing;
      StagedRun.publish(place, QUICK, "old", StagedRun.tokens(place), StepObserver.NONE);
    }

    private static OutputPlace place(Location output, boolean fileByFile, FaultyStore.Fault fault)
        throws IOException {
      FileStore store = StagedRun.place(output).store();
      return new OutputPlace(
          fileByFile ? FaultyStore.ofObjects(store, fault) : new FaultyStore(store, fault), output);
    }

    private void before(String operation, boolean change) {
      if (pauses(change)) {
        pausedAt = operation;
        takeOver();
        over.countDown();
      } else if (paused != null && Thread.currentThread() != paused) {
        // Signs of life, and other files that are being moved.
        await(over);
      }
    }

    private synchronized boolean pauses(boolean change) {
      boolean isSign = Thread.currentThread().getName().equals("paritree-heartbeat");
      if (isSign || !counts || !change || --left != 0) {
        return false;
      }

      paused = Thread.currentThread();
      return true;
    }

    private static void await(CountDownLatch over) {
      try {
        over.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private void takeOver() {
      try {
        new Recovery(place, QUICK).recover();
        if (replaced) {
          StagedRun.publish(place, QUICK, "winner", StagedRun.tokens(place), StepObserver.NONE);
        }

        meanwhile = outputOf(place);
      } catch (IOException | ConflictException e) {
        throw new IllegalStateException("Paused before " + pausedAt, e);
      }
    }

    private String run() throws IOException {
      StepObserver observer =
          step -> {
            if (step == Step.VERIFIED) {
              counts = true;
            }
          };
      try {
        StagedRun.publish(pausing, QUICK, "paused", StagedRun.tokens(place), observer);
        return "published";
      } catch (ConflictException e) {
        return "conflict";
      }
    }

    private boolean hasPaused() {
      return !pausedAt.isEmpty();
    }
  }

  /** On each push a run is paused in this JVM, before some of its changes, by the seed. */
  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"VERIFIED", "COMPARED", "OLD_MOVED"})
  @Tag("nightly")
  void processThatIsStoppedMovesNothingOnHdfsOnceItsLockWasTakenOver(Step step) throws Exception {
    OutputPlace place = StagedRun.place(TestHdfs.directory("stopped/" + step + "/out"));
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    try (Stopped paused = new Stopped(place.output(), step)) {
      new Recovery(place, QUICK).recover();
      StagedRun.publish(place, "winner", StagedRun.tokens(place), StepObserver.NONE);
      Map<String, List<String>> winner = outputOf(place);
      assertThat(winner)
          .containsOnly(Map.entry("day=1", twice("winner")), Map.entry("day=2", twice("winner")));

      assertThat(paused.goOn()).isEqualTo(5);

      assertThat(outputOf(place)).isEqualTo(winner);
      new Recovery(place, QUICK).recover();
      assertThat(outputOf(place)).isEqualTo(winner);
      assertThat(StagedRun.leftOver(place)).isEmpty();
    }
  }

  @Test
  void processThatIsStoppedKeepsItsLockOnALocalDiskUntilItGoesOn() throws Exception {
    OutputPlace place = StagedRun.place(directory.resolve("out"));
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Stopped paused = new Stopped(place.output(), Step.SWAP_BEGUN)) {
      CountDownLatch isPrepared = new CountDownLatch(1);
      Future<String> other = thread.submit(() -> outcome(place, isPrepared));
      isPrepared.await();
      Watch watch = new Watch(System::nanoTime);
      while (watch.unchanged("", "").compareTo(QUICK.stale().multipliedBy(2)) < 0) {
        assertThat(other.isDone()).isFalse();
        LockSupport.parkNanos(1_000_000);
      }

      assertThat(outputOf(place))
          .containsOnly(Map.entry("day=1", twice("old")), Map.entry("day=2", twice("old")));

      assertThat(paused.goOn()).isZero();

      assertThat(other.get()).isEqualTo("conflict");
      assertThat(outputOf(place))
          .containsOnly(Map.entry("day=1", twice("paused")), Map.entry("day=2", twice("paused")));
      assertThat(StagedRun.leftOver(place)).isEmpty();
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void lockOfAStoppedProcessIsFreeOnALocalDiskOnceItIsKilled() throws Exception {
    OutputPlace place = StagedRun.place(directory.resolve("out"));
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Stopped paused = new Stopped(place.output(), Step.OLD_MOVED)) {
      CountDownLatch isPrepared = new CountDownLatch(1);
      Future<String> other = thread.submit(() -> outcome(place, isPrepared));
      isPrepared.await();

      paused.kill();

      // What the dead run had begun is finished first, then replaced.
      assertThat(other.get()).isEqualTo("published");
      assertThat(outputOf(place))
          .containsOnly(Map.entry("day=1", twice("other")), Map.entry("day=2", twice("other")));
      assertThat(StagedRun.leftOver(place)).isEmpty();
    } finally {
      thread.shutdown();
    }
  }

  private static String outcome(OutputPlace place, CountDownLatch isPrepared) throws IOException {
    StepObserver observer =
        step -> {
          if (step == Step.PREPARED) {
            isPrepared.countDown();
          }
        };
    try {
      StagedRun.publish(place, "other", StagedRun.tokens(place), observer);
      return "published";
    } catch (ConflictException e) {
      return "conflict";
    }
  }

  /** A run in its own process that is paused at a step, by SIGSTOP. */
  private static final class Stopped implements AutoCloseable {
    private final Process process;

    private Stopped(Location output, Step step) throws Exception {
      this.process = StagedRun.start(output, "paused", "wait", step);
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      String line = out.readLine();
      while (line != null && !line.equals("at " + step)) {
        line = out.readLine();
      }

      signal("STOP");
    }

    private void signal(String name) throws Exception {
      Process kill =
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start();
      assertThat(kill.waitFor()).isZero();
    }

    /** Lets the process continue, and returns its exit code. */
    private int goOn() throws Exception {
      signal("CONT");
      process.outputWriter().write('\n');
      process.outputWriter().close();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      kill();
    }

    private void kill() {
      process.destroyForcibly().onExit().join();
    }
  }

  private static Map<String, List<String>> outputOf(OutputPlace place) throws IOException {
    Map<String, List<String>> contents = new TreeMap<>();
    for (String partition : StagedRun.PARTITIONS) {
      contents.put(partition, new ArrayList<>(StagedRun.contents(place, partition)));
    }

    return contents;
  }

  private static List<String> twice(String content) {
    return List.of(content, content);
  }
}
