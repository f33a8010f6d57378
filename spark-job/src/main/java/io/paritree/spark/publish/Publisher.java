package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Moves staged partitions into place, one run at a time.
 *
 * <p>A reader sees the old rows of a partition or the new ones, never a mix and never both. The
 * first publication of a partition is one rename. A replacement is two, and a run that is killed
 * between them leaves the partition absent until the next run, or {@link #recover}, finishes it.
 *
 * <p>For one process at a time per instance; any number of processes may publish to one output.
 */
public final class Publisher {
  private final OutputPlace place;
  private final LockTimes times;
  private final StepObserver observer;
  private final Watch watch;
  private final SignsOfLife life;

  public Publisher(OutputPlace place, LockTimes times, StepObserver observer) {
    this.place = place;
    this.times = times;
    this.observer = observer;
    this.watch = new Watch(System::nanoTime);
    this.life = new SignsOfLife(place, times, watch);
  }

  /** A run that has begun: its directory, and the sign that it lives. */
  public final class Run implements AutoCloseable {
    private final RunDirectory directory;
    private final AutoCloseable sign;

    private Run(RunDirectory directory, AutoCloseable sign) {
      this.directory = directory;
      this.sign = sign;
    }

    /** Returns the run's directory. */
    public RunDirectory directory() {
      return directory;
    }

    /** Ends the run: what it has staged and not published is removed, what it keeps is kept. */
    @Override
    public void close() throws IOException {
      try {
        if (directory.exists() && !directory.isSwapping()) {
          directory.moveKept();
          directory.delete();
        }
      } finally {
        end(sign);
      }
    }
  }

  /** What a report says at the moment when the run can no longer fail. */
  @FunctionalInterface
  public interface LastWords {
    /** Writes the report into {@link RunDirectory#kept}. */
    void write() throws IOException;
  }

  /**
   * Makes the directory of a run.
   *
   * @param run the run's id, {@code [A-Za-z0-9._-]{1,64}}
   */
  public Run begin(String run) throws IOException {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    RunDirectory directory = new RunDirectory(place, run + "-" + HexFormat.of().formatHex(random));
    life.look();
    AutoCloseable sign = life.show(directory.name());
    try {
      place.store().createDirectories(directory.tasks());
    } catch (IOException | RuntimeException e) {
      end(sign);
      throw e;
    }

    return new Run(directory, sign);
  }

  /**
   * Publishes what a run has staged and verified.
   *
   * @param lastWords is called when nothing can stop the publication any more, before it begins
   * @return the partitions that were moved; the others were published with the same identity by
   *     another run meanwhile
   * @throws ConflictException if one of them was published with another identity since the run
   *     began; none is moved then
   */
  @SuppressWarnings("try") // the lock is held, not used
  public List<String> publish(Run run, List<PreparedPartition> partitions, LastWords lastWords)
      throws ConflictException, IOException {
    RunDirectory directory = run.directory();
    directory.writePrepared(partitions);
    observer.reached(Step.PREPARED);
    List<String> moved;
    try (OutputLock lock = OutputLock.take(place, directory.name(), times, watch)) {
      observer.reached(Step.LOCKED);
      List<PreparedPartition> unchanged = stillOpen(partitions);
      finishOthers(directory.name());
      observer.reached(Step.OTHERS_FINISHED);
      List<PreparedPartition> open = afterOthers(unchanged);
      observer.reached(Step.COMPARED);
      lastWords.write();
      directory.writeSwapping(open);
      observer.reached(Step.SWAP_BEGUN);
      moved = swapOwn(directory, open);
      end(directory);
    }

    observer.reached(Step.UNLOCKED);
    return moved;
  }

  /**
   * Finishes what dead runs have prepared, and removes what they have not.
   *
   * <p>On stores without file locks this waits until a run counts as dead.
   *
   * @return one line for each run that was found
   */
  @SuppressWarnings("try") // the lock is held, not used
  public List<String> recover() throws IOException {
    List<String> found = new ArrayList<>();
    if (place.store().find(place.state()).isEmpty()) {
      return found;
    }

    boolean waits = !place.state().isLocal();
    long end = System.nanoTime() + times.stale().plus(times.beat()).toNanos();
    do {
      try (OutputLock lock = OutputLock.take(place, "", times, watch)) {
        found.addAll(finishOthers(""));
      }

      if (place.unfinished().isEmpty()) {
        break;
      }

      java.util.concurrent.locks.LockSupport.parkNanos(times.beat().toNanos() / 4);
    } while (waits && System.nanoTime() < end);

    for (String name : place.unfinished()) {
      found.add("%s is running".formatted(name));
    }

    return found;
  }

  private List<String> finishOthers(String own) throws IOException {
    List<String> found = new ArrayList<>();
    for (String name : place.unfinished()) {
      if (!name.equals(own)) {
        finish(new RunDirectory(place, name)).ifPresent(found::add);
      }
    }

    for (FileEntry sign : place.listOrNone(place.running())) {
      String name = sign.location().name();
      boolean isGone = place.store().find(place.state().resolve(name)).isEmpty();
      if (!name.equals(own) && isGone && life.isDead(name)) {
        life.forget(name);
      }
    }

    return found;
  }

  private Optional<String> finish(RunDirectory other) throws IOException {
    String name = other.name();
    try {
      if (other.isSwapping()) {
        // The lock is ours, so whoever began this swap is dead or can move nothing any more.
        for (PreparedPartition partition : other.swapping()) {
          if (place.store().find(other.fresh(partition.partition())).isPresent()) {
            swap(other, partition.partition(), StepObserver.NONE);
          }
        }

        other.moveKept();
        other.delete();
        life.forget(name);
        return Optional.of("%s was finished: it had begun to publish".formatted(name));
      }

      if (!life.isDead(name)) {
        return Optional.empty();
      }

      if (other.isPrepared()) {
        return Optional.of(finishPrepared(other));
      }

      other.delete();
      life.forget(name);
      return Optional.of("%s was removed: it had died before it was complete".formatted(name));
    } catch (NoSuchFileException | FileNotFoundException e) {
      // It has ended while we looked.
      return Optional.empty();
    }
  }

  private String finishPrepared(RunDirectory other) throws IOException {
    String outcome;
    try {
      List<PreparedPartition> open = stillOpen(other.prepared());
      other.writeSwapping(open);
      for (PreparedPartition partition : open) {
        swap(other, partition.partition(), StepObserver.NONE);
      }

      outcome = "%s was finished: it was complete".formatted(other.name());
    } catch (ConflictException e) {
      outcome = "%s was removed: %s".formatted(other.name(), e.getMessage());
    }

    other.moveKept();
    other.delete();
    life.forget(other.name());
    return outcome;
  }

  private List<PreparedPartition> stillOpen(List<PreparedPartition> partitions)
      throws ConflictException, IOException {
    List<PreparedPartition> open = new ArrayList<>();
    List<String> conflicts = new ArrayList<>();
    for (PreparedPartition partition : partitions) {
      String now = place.token(partition.partition());
      if (now.equals(partition.before())) {
        open.add(partition);
      } else if (!place.isPublished(partition.partition(), partition.identity())) {
        conflicts.add("%s (%s)".formatted(shown(partition.partition()), now));
      }
    }

    if (!conflicts.isEmpty()) {
      throw new ConflictException(
          "Cannot publish: since this run began, another one has published %s; run again to replace"
                  .formatted(String.join(", ", conflicts))
              + " what it published");
    }

    return open;
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

  private List<String> swapOwn(RunDirectory run, List<PreparedPartition> partitions)
      throws ConflictException, IOException {
    List<String> moved = new ArrayList<>();
    for (PreparedPartition partition : partitions) {
      try {
        swap(run, partition.partition(), observer);
        moved.add(partition.partition());
      } catch (IOException e) {
        if (run.exists()) {
          throw e;
        }

        return takenOver(partitions, e);
      }
    }

    return moved;
  }

  private List<String> takenOver(List<PreparedPartition> partitions, IOException cause)
      throws ConflictException {
    List<String> moved = new ArrayList<>();
    try {
      for (PreparedPartition partition : partitions) {
        if (place.isPublished(partition.partition(), partition.identity())) {
          moved.add(partition.partition());
        }
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }

    if (moved.size() == partitions.size()) {
      return moved;
    }

    ConflictException conflict =
        new ConflictException(
            "Cannot publish: this run's lock was taken over, since it showed no life for %s"
                .formatted(times.stale()));
    conflict.initCause(cause);
    throw conflict;
  }

  private void swap(RunDirectory run, String partition, StepObserver observer) throws IOException {
    FileStore store = place.store();
    Location target = place.partition(partition);
    if (store.find(target).isPresent()) {
      try {
        store.rename(target, run.old(partition));
      } catch (FileAlreadyExistsException e) {
        // Not a run of ours: someone has put a directory there since the old rows were moved.
        store.rename(target, run.location().resolve("old").resolve("second-" + System.nanoTime()));
      }

      observer.reached(Step.OLD_MOVED);
    }

    store.rename(run.fresh(partition), target);
    observer.reached(Step.NEW_MOVED);
  }

  private void end(RunDirectory directory) throws IOException {
    if (!directory.exists()) {
      return;
    }

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

  private static String shown(String partition) {
    return partition.isEmpty() ? "the output" : partition;
  }
}
