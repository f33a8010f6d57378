package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A run that is paused and continues later. On HDFS it counts as dead meanwhile, and can no longer
 * move anything once another run has taken over its lock; on local disks, it keeps its lock.
 */
@Tag("clusters")
class PausedRunTest {
  private static final LockTimes QUICK =
      new LockTimes(Duration.ofMillis(20), Duration.ofMillis(200));

  private static MiniDFSCluster cluster;
  @TempDir Path directory;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    cluster = new MiniDFSCluster.Builder(new Configuration(), directory.toFile()).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stop() {
    cluster.shutdown(true);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true", "true, true"})
  void runThatIsPausedBeforeAnyChangeMovesNothingOnceItWasTakenForDead(
      boolean replaced, boolean fileByFile) throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    int pausing = 1;
    while (true) {
      Pause pause = new Pause(pausing, replaced, fileByFile);
      String outcome = pause.run();
      if (!pause.hasPaused()) {
        break;
      }

      Map<String, List<String>> after = outputOf(pause.place);
      assertThat(after)
          .as("paused before %s, then %s, -Dseed=%s", pause.pausedAt, outcome, seed)
          .isEqualTo(
              outcome.equals("published") && !replaced
                  ? Map.of("day=1", twice("paused"), "day=2", twice("paused"))
                  : pause.meanwhile);
      assertThat(outcome)
          .as("paused before %s, -Dseed=%s", pause.pausedAt, seed)
          .isNotEqualTo("failed");
      new Recovery(pause.place, QUICK).recover();
      assertThat(outputOf(pause.place))
          .as("paused before %s, -Dseed=%s", pause.pausedAt, seed)
          .isEqualTo(after);
      assertThat(StagedRun.leftOver(pause.place))
          .as("after %s, -Dseed=%s", pause.pausedAt, seed)
          .isEmpty();
      // Files that are moved one by one take many changes, of which the seed chooses half.
      pausing += fileByFile ? 1 + random.nextInt(3) : 1;
    }

    assertThat(pausing).isGreaterThan(15);
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
          Location.of(
              "%s/paused-%s-%s/%s/out".formatted(cluster.getURI(), replaced, fileByFile, pausing));
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

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"VERIFIED", "COMPARED", "OLD_MOVED"})
  void processThatIsStoppedMovesNothingOnHdfsOnceItsLockWasTakenOver(Step step) throws Exception {
    OutputPlace place =
        StagedRun.place(Location.of(cluster.getURI() + "/stopped/" + step + "/out"));
    StagedRun.publish(place, "old", StagedRun.tokens(place), StepObserver.NONE);
    try (Stopped paused = new Stopped(place.output(), step)) {
      new Recovery(place, StagedRun.QUICK).recover();
      StagedRun.publish(place, "winner", StagedRun.tokens(place), StepObserver.NONE);
      Map<String, List<String>> winner = outputOf(place);
      assertThat(winner)
          .containsOnly(Map.entry("day=1", twice("winner")), Map.entry("day=2", twice("winner")));

      assertThat(paused.goOn()).isEqualTo(5);

      assertThat(outputOf(place)).isEqualTo(winner);
      new Recovery(place, StagedRun.QUICK).recover();
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
        Thread.onSpinWait();
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
