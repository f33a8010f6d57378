package io.paritree.spark.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves staged partitions into place, one run at a time.
 *
 * <p>A reader sees the old rows of a partition or the new ones, never a mix and never both. The
 * first publication of a partition is one rename. A replacement is two, and a run that is killed
 * between them leaves the partition absent until the next run, or {@link Recovery}, finishes it.
 *
 * <p>For one process at a time per instance; any number of processes may publish to one output.
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

  /** A run that has begun: its directory, and the sign that it lives. */
  public final class Run implements AutoCloseable {
    private final RunDirectory directory;
    private final AutoCloseable sign;
    private boolean isPublished;

    private Run(RunDirectory directory, AutoCloseable sign) {
      this.directory = directory;
      this.sign = sign;
    }

    /** Returns the run's directory. */
    public RunDirectory directory() {
      return directory;
    }

    /**
     * Ends the run: what it has staged and not published is removed, what it keeps is kept. A run
     * that has published does not fail here: what cannot be removed is left to the next one.
     */
    @Override
    public void close() throws IOException {
      try {
        try {
          if (directory.exists() && !directory.isSwapping()) {
            directory.moveKept();
            directory.delete();
          }
        } finally {
          end(sign);
        }
      } catch (IOException e) {
        if (!isPublished) {
          throw e;
        }
      }
    }
  }

  /** What a report says at the moment when the run can no longer fail. */
  @FunctionalInterface
  public interface LastWords {
    /**
     * Writes the report into {@link RunDirectory#kept}.
     *
     * @param moving the partitions that are moved now; the others are published already
     */
    void write(List<String> moving) throws IOException;
  }

  /** Makes the directory of a new run that has one group. */
  Run begin(String run) throws IOException {
    return begin(RunName.first(run));
  }

  /** Makes the directory of a group of a run. */
  public Run begin(RunName name) throws IOException {
    RunDirectory directory = new RunDirectory(place, name.toString());
    life.look();
    AutoCloseable sign = life.show(directory.name());
    try {
      directory.make();
    } catch (IOException | RuntimeException e) {
      end(sign);
      throw e;
    }

    return new Run(directory, sign);
  }

  /**
   * Publishes what a run has staged and verified: all of it, or nothing.
   *
   * <p>What keeps a partition from being moved is thrown, and the partitions that were moved before
   * are put back. What cannot be tidied up after the last one was moved is left to the next run.
   *
   * @param lastWords is called when nothing can stop the publication any more, before it begins
   * @return the partitions that were moved; the others were published with the same identity by
   *     another run meanwhile
   * @throws ConflictException if one of them was published with another identity since the run
   *     began, or if another run has taken this one for dead; none is moved then
   */
  public List<String> publish(Run run, List<PreparedPartition> partitions, LastWords lastWords)
      throws ConflictException, IOException {
    RunDirectory directory = run.directory();
    directory.writePrepared(partitions);
    observer.reached(Step.PREPARED);
    List<String> moved;
    try {
      moved = publishLocked(directory, partitions, lastWords);
    } catch (IOException e) {
      if (directory.isPrepared()) {
        throw e;
      }

      moved = takenForDead(directory, partitions, e);
    }

    run.isPublished = true;
    observer.reached(Step.UNLOCKED);
    return moved;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private List<String> publishLocked(
      RunDirectory directory, List<PreparedPartition> partitions, LastWords lastWords)
      throws ConflictException, IOException {
    boolean published = false;
    List<String> moved = new ArrayList<>();
    try (OutputLock lock = OutputLock.take(place, directory.name(), times, watch)) {
      observer.reached(Step.LOCKED);
      List<PreparedPartition> unchanged = place.stillOpen(partitions);
      dead.finish(directory);
      observer.reached(Step.OTHERS_FINISHED);
      List<PreparedPartition> open = afterOthers(unchanged);
      observer.reached(Step.COMPARED);
      open.forEach(partition -> moved.add(partition.partition()));
      lastWords.write(moved);
      directory.writeSwapping(open);
      observer.reached(Step.SWAP_BEGUN);
      swap(directory, open);
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
   * Finishes or removes what dead runs have left.
   *
   * @return one line for each run that was found
   */
  @SuppressWarnings("try") // the lock is held, not used
  List<String> finishDead(Run run) throws IOException {
    try (OutputLock lock = OutputLock.take(place, run.directory().name(), times, watch)) {
      return dead.finish(run.directory());
    }
  }

  /** Returns whether anything is left of runs other than this one, dead or alive. */
  boolean knowsOthersThan(Run run) throws IOException {
    return life.hasOthersThan(run.directory().name());
  }

  /**
   * Returns the partitions that are to be moved, now that dead runs are finished: what those have
   * published was theirs to publish, and is replaced, unless it is the same.
   */
  private List<PreparedPartition> afterOthers(List<PreparedPartition> unchanged)
      throws IOException {
    List<PreparedPartition> open = new ArrayList<>();
    for (PreparedPartition partition : unchanged) {
      String now = place.token(partition.partition());
      if (now.equals(partition.before())
          || !place.isPublished(partition.partition(), partition.identity())) {
        open.add(new PreparedPartition(partition.partition(), partition.identity(), now));
      }
    }

    return open;
  }

  private void swap(RunDirectory run, List<PreparedPartition> partitions) throws IOException {
    List<PartitionSwap> begun = new ArrayList<>();
    try {
      for (PreparedPartition partition : partitions) {
        PartitionSwap swap = new PartitionSwap(place, run, partition.partition());
        begun.add(0, swap);
        swap.move(observer);
      }
    } catch (IOException e) {
      putBack(run, begun, e);
      throw e;
    }
  }

  /** Puts all back as it was; where that fails too, the next run finishes the publication. */
  private static void putBack(RunDirectory run, List<PartitionSwap> begun, IOException cause) {
    try {
      for (PartitionSwap swap : begun) {
        swap.undo();
      }

      run.withdrawSwapping();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Ends a run whose directory another one has renamed and finished, or will finish. */
  private List<String> takenForDead(
      RunDirectory directory, List<PreparedPartition> partitions, IOException cause)
      throws ConflictException, IOException {
    directory.delete();
    List<String> published = new ArrayList<>();
    for (PreparedPartition partition : partitions) {
      if (place.isPublished(partition.partition(), partition.identity())) {
        published.add(partition.partition());
      }
    }

    if (published.size() == partitions.size()) {
      return published;
    }

    ConflictException conflict =
        new ConflictException(
            "Cannot publish: another run has taken this one for dead, since it showed no life for %s"
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

  private static void end(AutoCloseable sign) throws IOException {
    try {
      sign.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("Cannot end the sign of life", e);
    }
  }
}
