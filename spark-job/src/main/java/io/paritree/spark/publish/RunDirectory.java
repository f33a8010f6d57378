package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directory in which one group of one run stages its partitions, {@code S/<run>-<random>/} or
 * as {@link RunName} says.
 *
 * <pre>
 *   tasks/       what tasks write; only files that a counted result names are taken from here
 *   new/P/       staged partitions
 *   old/P/       where replaced partitions go; deleted with the directory
 *   kept/        report and quarantine, moved to S/runs/ at the end
 *   taken/       directories of dead runs that this one finishes or removes
 *   prepared     the list of partitions; from then on anyone may finish the run, if nothing else was published
 *   swapping     the list of partitions that are being moved; from then on anyone must
 * </pre>
 *
 * <p>All that a run moves goes through its directory. So whoever renames that makes each later move
 * of the run fail.
 */
public final class RunDirectory {
  private static final String WHOLE = "whole";

  private static final String PREPARED = "prepared";
  private static final String SWAPPING = "swapping";

  private final OutputPlace place;
  private final Location directory;

  RunDirectory(OutputPlace place, String name) {
    this(place, place.state().resolve(name));
  }

  private RunDirectory(OutputPlace place, Location directory) {
    this.place = place;
    this.directory = directory;
  }

  /** Returns the directory's name, unique among all runs of the output. */
  public String name() {
    return directory.name();
  }

  /** Returns the part of the name that no other group of any run has. */
  public String random() {
    return name().substring(name().lastIndexOf('-') + 1);
  }

  /** Returns the directory itself. */
  public Location location() {
    return directory;
  }

  /** Returns where tasks write. */
  public Location tasks() {
    return directory.resolve("tasks");
  }

  /** Returns where the new files of a partition are staged. */
  public Location fresh(String partition) {
    return directory.resolve("new").resolve(partition.isEmpty() ? WHOLE : partition);
  }

  /** Returns what is kept when the run has ended: report and quarantine. */
  public Location kept() {
    return directory.resolve("kept");
  }

  /** Returns where report and quarantine go at the end. */
  public Location keptAtEnd() {
    return place.runs().resolve(RunName.withoutFence(name()));
  }

  Location old(String partition) {
    return directory.resolve("old").resolve(partition.isEmpty() ? WHOLE : partition);
  }

  /**
   * Renames the directory of a dead run whose lock another one takes over, so that a run that was
   * only paused can move nothing when it wakes; does nothing if it is gone.
   *
   * @param taker the number of the lock that the other one takes
   */
  static void fence(OutputPlace place, String run, long taker) throws IOException {
    try {
      place.store().rename(place.state().resolve(run), place.state().resolve(run + "~" + taker));
    } catch (NoSuchFileException e) {
      // It had ended, or another contender was faster.
    }
  }

  /** Makes the directory, and those in it that must be there before anything is moved. */
  void make() throws IOException {
    place.store().createDirectories(tasks());
    place.store().createDirectories(taken());
  }

  /**
   * Takes the directory of a dead run into this one, so that a fence around this one is one around
   * that.
   *
   * @return empty if either is gone
   */
  Optional<RunDirectory> take(RunDirectory dead) throws IOException {
    Location to = taken().resolve(dead.name());
    try {
      place.store().rename(dead.directory, to);
      return Optional.of(new RunDirectory(place, to));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Returns the directories of dead runs that this one has taken and not removed. */
  List<RunDirectory> takenRuns() throws IOException {
    List<RunDirectory> runs = new ArrayList<>();
    for (FileEntry entry : place.listOrNone(taken())) {
      runs.add(new RunDirectory(place, entry.location()));
    }

    return runs;
  }

  private Location taken() {
    return directory.resolve("taken");
  }

  void writePrepared(List<PreparedPartition> partitions) throws IOException {
    place.store().create(directory.resolve(PREPARED), PreparedPartitions.toJson(partitions));
  }

  /**
   * Begins the swap.
   *
   * @throws NoSuchFileException if another run has taken this one for dead: its directory, or what
   *     it had staged, is gone, and what this call has made in its place is removed again
   */
  void writeSwapping(List<PreparedPartition> partitions) throws IOException {
    // All parents are made before the swap: a swap that was taken over must find none of them.
    FileStore store = place.store();
    for (PreparedPartition partition : partitions) {
      store.createDirectories(old(partition.partition()).parent());
      store.createDirectories(place.partition(partition.partition()).parent());
    }

    store.create(directory.resolve(SWAPPING), PreparedPartitions.toJson(partitions));
    // Only now: what was just made may be a new directory in the place of one that was renamed.
    if (!isWhole(partitions)) {
      delete();
      throw new NoSuchFileException(
          directory.toString(), null, "another run has taken this one for dead");
    }
  }

  /** Returns whether the run is prepared and these partitions are staged. */
  boolean isWhole(List<PreparedPartition> partitions) throws IOException {
    for (PreparedPartition partition : partitions) {
      if (place.store().find(fresh(partition.partition())).isEmpty()) {
        return false;
      }
    }

    return isPrepared();
  }

  /** Takes back that the swap has begun; nothing of it must have been moved. */
  void withdrawSwapping() throws IOException {
    place.store().delete(directory.resolve(SWAPPING));
  }

  boolean exists() throws IOException {
    return place.store().find(directory).isPresent();
  }

  boolean isPrepared() throws IOException {
    return place.store().find(directory.resolve(PREPARED)).isPresent();
  }

  boolean isSwapping() throws IOException {
    return place.store().find(directory.resolve(SWAPPING)).isPresent();
  }

  List<PreparedPartition> prepared() throws IOException {
    return PreparedPartitions.fromJson(place.store().read(directory.resolve(PREPARED)));
  }

  List<PreparedPartition> swapping() throws IOException {
    return PreparedPartitions.fromJson(place.store().read(directory.resolve(SWAPPING)));
  }

  /**
   * Moves report and quarantine to the directory of runs, if they are still here. On a full disk
   * there may be neither.
   */
  void moveKept() throws IOException {
    FileStore store = place.store();
    if (place.listOrNone(kept()).isEmpty()) {
      return;
    }

    store.createDirectories(place.runs());
    try {
      store.rename(kept(), keptAtEnd());
    } catch (NoSuchFileException e) {
      if (store.find(keptAtEnd()).isEmpty()) {
        throw e;
      }
    }
  }

  /**
   * Removes the directory and all in it, first what would let others finish it. Directories of dead
   * runs that it has taken stay, and it with them, until another run finishes those.
   */
  void delete() throws IOException {
    FileStore store = place.store();
    for (String part : List.of(PREPARED, "new", "tasks", "old")) {
      store.delete(directory.resolve(part));
    }

    if (takenRuns().isEmpty()) {
      store.delete(directory);
    } else {
      store.delete(directory.resolve(SWAPPING));
    }
  }
}
