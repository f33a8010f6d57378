package io.paritree.spark.run;

import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.spark.SparkExecutorInfo;

/**
 * Ends a run of the job in this JVM at a step, as {@code kill -9} ends its process there.
 *
 * <p>At the step, the directory with output and state gets another name, by one rename, and its own
 * one back when everything of the run has ended. So nothing that the run does after the step
 * reaches it: no {@code finally} block, no report, no sign of life, no task. Its locks on local
 * files are free then, as the operating system frees the locks of a process that ends. What the run
 * writes meanwhile under the directory's name is removed.
 */
final class JobDeath implements StepObserver {

  /** Is no exception, so that nothing goes on without what has failed. */
  private static final class Killed extends Error {
    private Killed(Step step) {
      super("killed at " + step, null, false, false);
    }
  }

  private final Location home;
  private final Location away;
  private final FileStore store;
  private final Semaphore onlookers;
  private final Step fatal;
  private int left;
  private boolean isDead;

  /**
   * @param home has output and state, and nothing else; its store renames directories in one step
   * @param onlookers one permit, which readers hold while they look; they do not look while the
   *     directory is away
   * @param occurrence at which occurrence of the step
   */
  JobDeath(Location home, Semaphore onlookers, Step fatal, int occurrence) throws IOException {
    this.home = home;
    this.away = home.parent().resolve(home.name() + "-away");
    this.store = FileStore.of(home);
    this.onlookers = onlookers;
    this.fatal = fatal;
    this.left = occurrence;
  }

  /** Runs the job until it dies; returns what it has printed if it did not. */
  List<String> of(List<Object> arguments) throws IOException {
    try {
      JobRun run = JobRun.observed(this, arguments.toArray());
      if (!isDead()) {
        return List.of("it should have been killed: " + run);
      }

      awaitTasks();
      bringBack();
      return List.of();
    } finally {
      if (isDead()) {
        onlookers.release(); // also if the run has not ended as it should: readers wait for this
      }
    }
  }

  private void bringBack() throws IOException {
    store.delete(home);
    if (store.find(away).isPresent()) {
      store.rename(away, home);
    }
  }

  @Override
  public synchronized void reached(Step step) {
    if (!isDead && step == fatal && --left == 0) {
      isDead = true;
      onlookers.acquireUninterruptibly();
      takeAway();
    }

    if (isDead && step != Step.TASK_ENDED) { // that one is on a thread of Spark
      throw new Killed(step);
    }
  }

  private void takeAway() {
    try {
      if (store.find(home).isPresent()) {
        store.rename(home, away);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized boolean isDead() {
    return isDead;
  }

  /** Tasks of a job that has failed may be running still. */
  private static void awaitTasks() {
    while (Stream.of(TestSpark.session().sparkContext().statusTracker().getExecutorInfos())
        .mapToInt(SparkExecutorInfo::numRunningTasks)
        .anyMatch(tasks -> tasks > 0)) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
