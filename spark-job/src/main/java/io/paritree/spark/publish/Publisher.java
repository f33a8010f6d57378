package io.paritree.spark.publish;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Moves staged partitions into place, one run at a time.
 *
 * <p>A reader sees the old rows of a partition or the new ones, never a mix and never both. The
 * first publication of a partition is one rename. A replacement is two renames; if a run is killed
 * between them, the partition is absent until the next run, or {@link Recovery}, finishes the swap.
 *
 * <p>A run is <i>prepared</i> when its partitions are staged and verified, and their list is
 * written to the store. It is <i>swapping</i> when it has begun to move them. While it runs, it has
 * a <i>sign of life</i>: a file that it keeps locked or, on stores without file locks, rewrites at
 * regular intervals. A <i>dead run</i> is one without a sign of life, or whose sign is not locked
 * or no longer changes. Another run finishes it if it was prepared and no other identity was
 * published meanwhile, and removes it otherwise. Finishing only goes forward, never back, and needs
 * only the content of the store. A run whose sign no longer changes may be only paused. It must not
 * move anything when it wakes, so its directory is renamed first: this rename is the <i>fence</i>.
 *
 * <p>All this needs a store that renames a directory in one step. On others, files are moved one by
 * one, see {@link FileSwap}: readers see a part of a partition meanwhile, and nothing is lost.
 *
 * <p>Partitions are moved many at a time ({@link OutputPlace#calls}), each in its own order; so a
 * run that is killed leaves some that are done, some half done, and others that are not begun.
 *
 * <p>Not thread-safe: one thread at a time may use an instance. Any number of processes may publish
 * to one output.
 */
public final class Publisher {
  private final OutputPlace place;
  private final LockTimes times;
  private final StepObserver observer;
  private final Watch watch;
  private final SignsOfLife life;
  private final DeadRuns dead;

  public Publisher(OutputPlace place, LockTimes times, StepObserver observer) {
    this.place = place;
    this.times = times;
    this.observer = observer;
    this.watch = new Watch(System::nanoTime);
    this.life = new SignsOfLife(place, times, watch);
    this.dead = new DeadRuns(place, life);
  }

  /** A run that has begun: its directory and its sign of life. */
  public final class Run implements AutoCloseable {
    private final RunDirectory directory;
    private final Closeable sign;
    private boolean isPublished;

    private Run(RunDirectory directory, Closeable sign) {
      this.directory = directory;
      this.sign = sign;
    }

    /** Records that the run has published by a commit to a table. */
    public void hasCommitted() {
      isPublished = true;
    }

    public RunDirectory directory() {
      return directory;
    }

    /**
     * Publishes what a run has staged and verified: all of it, or nothing.
     *
     * <p>If a partition cannot be moved, the partitions that were moved before are put back, and
     * the cause is thrown. What cannot be removed after the last one was moved is left to the next
     * run.
     *
     * @param report is called under the lock, when all comparisons have passed and before the first
     *     partition is moved
     * @return the partitions that were moved; the others were published with the same identity by
     *     another run meanwhile
     * @throws ConflictException if one of them was published with a different identity since the
     *     run began, and then none is moved; or if another run has declared this one dead, and its
     *     partitions are not all published with their identities
     */
    public List<String> publish(List<PreparedPartition> partitions, ReportBeforeMove report)
        throws ConflictException, IOException {
      directory.writePrepared(partitions);
      observer.reached(Step.PREPARED);
      List<String> moved;
      try {
        moved = publishLocked(directory, partitions, report);
      } catch (IOException e) {
        if (directory.isPrepared() && !(e instanceof LostLockException)) {
          throw e;
        }

        moved = declaredDead(directory, partitions, e);
      }

      isPublished = true;
      observer.reached(Step.UNLOCKED);
      return moved;
    }

    /**
     * Ends the run: moves its report and quarantined rows to the directory of runs, and removes
     * what it has staged and not published. If the run has published, this does not fail: what
     * cannot be removed is left to the next run.
     */
    @Override
    public void close() throws IOException {
      try {
        try {
          if (directory.exists() && !directory.isSwapping() && directory.mayBeRemoved()) {
            directory.moveKept();
            directory.delete();
          }
        } finally {
          sign.close();
        }
      } catch (IOException e) {
        if (!isPublished) {
          throw e;
        }
      }
    }
  }

  /** Writes the report of a run that publishes, before its first partition is moved. */
  @FunctionalInterface
  public interface ReportBeforeMove {
    /**
     * Writes the report into {@link RunDirectory#kept}.
     *
     * @param moving the partitions that will be moved; the others are published already
     */
    void write(List<String> moving) throws IOException;
  }

  Run begin(String run) throws IOException {
    return begin(RunName.first(run));
  }

  public Run begin(RunName name) throws IOException {
    RunDirectory directory = new RunDirectory(place, name.toString());
    life.look();
    Closeable sign = life.show(directory.name());
    try {
      directory.make();
    } catch (IOException | RuntimeException e) {
      sign.close();
      throw e;
    }

    return new Run(directory, sign);
  }

  private List<String> publishLocked(
      RunDirectory directory, List<PreparedPartition> partitions, ReportBeforeMove report)
      throws ConflictException, IOException {
    boolean published = false;
    List<String> moved = new ArrayList<>();
    try (OutputLock lock = OutputLock.take(place, directory.name(), times, watch)) {
      observer.reached(Step.LOCKED);
      if (!directory.isAlive()) {
        throw new NoSuchFileException(
            directory.location().toString(), null, "another run has declared this one dead");
      }

      List<PreparedPartition> unchanged = place.stillOpen(partitions);
      dead.finish(directory, lock);
      observer.reached(Step.OTHERS_FINISHED);
      List<PreparedPartition> open = afterOthers(unchanged);
      observer.reached(Step.COMPARED);
      open.forEach(partition -> moved.add(partition.partition()));
      report.write(moved);
      directory.writeSwapping(open);
      makeSureToHold(lock, directory);
      observer.reached(Step.SWAP_BEGUN);
      swap(directory, open, lock);
      published = true;
      end(directory);
    } catch (IOException e) {
      if (!published) {
        throw e;
      }
    }

    return moved;
  }

  /**
   * Makes sure that a run that takes the lock over from now on sees that this one is swapping.
   * Where no fence keeps this run from moving anything, it might have been paused until now.
   */
  private static void makeSureToHold(OutputLock lock, RunDirectory directory) throws IOException {
    try {
      lock.confirm();
    } catch (LostLockException e) {
      if (directory.mayBeRemoved()) {
        directory.delete();
      }

      throw e;
    }
  }

  /**
   * Finishes or removes the dead runs of the output.
   *
   * @return one line for each dead run that was found
   */
  List<String> finishDead(Run run) throws IOException {
    try (OutputLock lock = OutputLock.take(place, run.directory().name(), times, watch)) {
      return dead.finish(run.directory(), lock);
    }
  }

  /**
   * Returns whether other runs, dead or alive, have signs of life or half-written lock files here.
   */
  boolean knowsOthersThan(Run run) throws IOException {
    return life.hasOthersThan(run.directory().name());
  }

  /**
   * Returns the partitions to move, now that dead runs are finished. A partition that was published
   * by finishing a dead run is no conflict: it is replaced, unless it has the same identity.
   */
  private List<PreparedPartition> afterOthers(List<PreparedPartition> unchanged)
      throws ConflictException, IOException {
    OutputLook look = place.look(unchanged);
    for (PreparedPartition partition : unchanged) {
      String path = partition.partition();
      if (look.found(path).values().stream().anyMatch(OutputLook::isOfPartitions)) {
        throw new ConflictException(
            "Cannot publish %s: a run that had ended was finished, and has published partitions below it"
                .formatted(place.partition(path)));
      }
    }

    return look.withOthers(
        look.only(
            unchanged,
            partition ->
                look.token(partition.partition()).equals(partition.before())
                    || !look.isPublished(partition.partition(), partition.identity())));
  }

  private void swap(RunDirectory run, List<PreparedPartition> partitions, OutputLock lock)
      throws IOException {
    List<PartitionSwap> swaps = PartitionSwap.of(place, run, partitions, lock);
    Set<PartitionSwap> begun = ConcurrentHashMap.newKeySet();
    try {
      place
          .calls()
          .each(
              swaps,
              swap -> {
                begun.add(swap);
                swap.move(observer);
              });
    } catch (IOException e) {
      putBack(run, begun, e);
      throw e;
    }
  }

  /** Moves all partitions back; if that fails too, the next run finishes the publication. */
  private void putBack(RunDirectory run, Set<PartitionSwap> begun, IOException cause) {
    try {
      place.calls().each(begun, PartitionSwap::undo);
      run.withdrawSwapping();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * Ends a run that another one has declared dead, or whose lock it has taken over: that one has
   * finished or removed the run, or will do so.
   */
  private List<String> declaredDead(
      RunDirectory directory, List<PreparedPartition> partitions, IOException cause)
      throws ConflictException, IOException {
    if (!directory.isPrepared()) {
      directory.delete();
    }

    OutputLook look = place.look(partitions);
    List<PreparedPartition> published =
        look.only(partitions, one -> look.isPublished(one.partition(), one.identity()));
    if (published.size() == partitions.size()) {
      return published.stream().map(PreparedPartition::partition).toList();
    }

    ConflictException conflict =
        new ConflictException(
            "Cannot publish: another run has declared this one dead after %s without a sign of life"
                .formatted(times.stale()));
    conflict.initCause(cause);
    throw conflict;
  }

  private void end(RunDirectory directory) throws IOException {
    directory.moveKept();
    observer.reached(Step.REPORT_MOVED);
    directory.delete();
    observer.reached(Step.DIRECTORY_DELETED);
  }
}
