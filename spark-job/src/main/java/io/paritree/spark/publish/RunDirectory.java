package io.paritree.spark.publish;

import io.paritree.output.StateDirectory;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The directory in which one group of one run stages its partitions: {@code S/<run>-<random>/},
 * where S is the output's state directory; {@link RunName} defines the name.
 *
 * <pre>
 *   tasks/       what tasks write; only files that a counted result names are taken from here
 *   new/P/       the staged partition P
 *   old/P/       the old rows of the partition P, under the name that they had; deleted with the
 *                directory
 *   kept/        report and quarantined rows; moved to S/runs/ at the end
 *   taken/       directories of dead runs that this one finishes or removes
 *   prepared     the list of the staged partitions. Once it exists, any other run may finish this
 *                one if it is dead, unless a partition was published with a different identity
 *   swapping     the list of the partitions that are being moved. Once it exists, the next run that
 *                holds the lock must finish this one
 *   dead         the name of the run that alone may finish or remove this one, where a directory
 *                cannot be renamed in one step
 * </pre>
 *
 * <p>Each move of a run has one end in its directory. So a rename of the directory, the fence,
 * makes all later moves of the run fail. Where a directory cannot be renamed in one step, the file
 * {@code dead} keeps a run that was only paused from moving or removing anything.
 */
public final class RunDirectory {
  private static final String PREPARED = "prepared";
  private static final String SWAPPING = "swapping";
  private static final String DEAD = "dead";

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

  /** Returns the last part of the name, which is unique among all groups of all runs. */
  public String random() {
    return name().substring(name().lastIndexOf('-') + 1);
  }

  public Location location() {
    return directory;
  }

  public Location tasks() {
    return directory.resolve("tasks");
  }

  public Location fresh(String partition) {
    return StateDirectory.partition(directory.resolve("new"), partition);
  }

  /**
   * Returns the directory that is kept when the run has ended, with report and quarantined rows.
   */
  public Location kept() {
    return directory.resolve(StateDirectory.KEPT);
  }

  /** Returns where report and quarantined rows are moved at the end. */
  public Location keptAtEnd() {
    return place.runs().resolve(RunName.withoutFence(name()));
  }

  Location old(String partition) {
    return StateDirectory.partition(directory.resolve("old"), partition);
  }

  /**
   * Fences a dead run whose lock another one takes over: renames its directory, so that a run that
   * was only paused can move nothing when it wakes. Does nothing if the directory is gone.
   *
   * @param taker the number of the lock file that the other run will create
   */
  static void fence(OutputPlace place, String run, long taker) throws IOException {
    try {
      place.store().rename(place.state().resolve(run), place.state().resolve(run + "~" + taker));
    } catch (NoSuchFileException e) {
      // The run had ended, or another run has fenced it.
    }
  }

  /** Makes the directory, and the directories in it that must exist before anything is moved. */
  void make() throws IOException {
    place.store().createDirectories(tasks());
    place.store().createDirectories(taken());
  }

  /**
   * Moves the directory of a dead run into this one, so that fencing this run fences the dead run
   * too. Where a directory cannot be renamed in one step, it stays where it is and is marked.
   *
   * @return the dead run's directory; empty if either directory is gone, or if the run itself was
   *     removing it
   */
  Optional<RunDirectory> take(RunDirectory dead) throws IOException {
    if (!place.renamesDirectoriesWhole()) {
      boolean isTaken = dead.isGivenTo(this) || !dead.isGivenTo(dead);
      if (!isTaken) {
        dead.delete();
      }

      return isTaken ? Optional.of(dead) : Optional.empty();
    }

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
    place.store().create(directory.resolve(PREPARED), PreparedPartition.toJson(partitions));
  }

  /**
   * Begins the swap.
   *
   * @throws NoSuchFileException if another run has declared this one dead: its directory, or what
   *     it had staged, is gone. What this call has made in its place is removed again
   */
  void writeSwapping(List<PreparedPartition> partitions) throws IOException {
    // All parents are made before the swap, none during it. So the parents of a fenced run are
    // missing, and its renames fail.
    FileStore store = place.store();
    Set<Location> parents = new LinkedHashSet<>();
    for (PreparedPartition partition : partitions) {
      parents.add(old(partition.partition()).parent());
      partition.others().forEach(other -> parents.add(old(other).parent()));
      parents.add(place.partition(partition.partition()).parent());
    }

    place.calls().each(parents, store::createDirectories);
    store.create(directory.resolve(SWAPPING), PreparedPartition.toJson(partitions));
    // Checked last: the lines above may have made a new directory in place of a fenced one.
    if (!isWhole(partitions)) {
      delete();
      throw new NoSuchFileException(
          directory.toString(), null, "another run has declared this one dead");
    }
  }

  /** Returns whether the run is prepared and these partitions are staged. */
  boolean isWhole(List<PreparedPartition> partitions) throws IOException {
    return place
            .calls()
            .answers(partitions, one -> place.store().find(fresh(one.partition())).isPresent())
            .stream()
            .allMatch(isThere -> isThere)
        && isPrepared();
  }

  /** Withdraws the mark that the swap has begun; no partition may be moved at this time. */
  void withdrawSwapping() throws IOException {
    place.store().delete(directory.resolve(SWAPPING));
  }

  boolean exists() throws IOException {
    return place.store().find(directory).isPresent();
  }

  boolean isPrepared() throws IOException {
    return place.store().find(directory.resolve(PREPARED)).isPresent();
  }

  /** Returns whether no other run has declared this one dead. */
  boolean isAlive() throws IOException {
    return place.store().find(directory.resolve(DEAD)).isEmpty();
  }

  /**
   * Returns whether the run may remove its own directory: no other run has declared it dead, and
   * none will from now on. To be asked only if the run has moved nothing.
   */
  boolean mayBeRemoved() throws IOException {
    return place.renamesDirectoriesWhole() || isGivenTo(this);
  }

  /** Gives the directory to a run, unless it is given to another one; returns whether it is. */
  private boolean isGivenTo(RunDirectory run) throws IOException {
    Location mark = directory.resolve(DEAD);
    try {
      place.store().create(mark, OutputPlace.utf8(run.name()));
      return true;
    } catch (FileAlreadyExistsException e) {
      return new String(place.store().read(mark), StandardCharsets.UTF_8).equals(run.name());
    }
  }

  boolean isSwapping() throws IOException {
    return place.store().find(directory.resolve(SWAPPING)).isPresent();
  }

  List<PreparedPartition> prepared() throws IOException {
    return listed(directory.resolve(PREPARED));
  }

  List<PreparedPartition> swapping() throws IOException {
    return listed(directory.resolve(SWAPPING));
  }

  private List<PreparedPartition> listed(Location file) throws IOException {
    return PreparedPartition.fromJson(place.store().read(file), file.toString());
  }

  /**
   * Moves report and quarantined rows to the directory of runs, if they are still here. On a full
   * disk, there may be neither.
   */
  void moveKept() throws IOException {
    FileStore store = place.store();
    if (place.listOrNone(kept()).isEmpty()) {
      return;
    }

    if (!place.renamesDirectoriesWhole()) {
      FileMoves moves = new FileMoves(store, place.calls());
      moves.moveAll(kept(), keptAtEnd(), moves.below(kept()).keySet());
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
   * Removes the directory with its content. The mark that allows other runs to finish this one goes
   * first. If the directory contains dead runs that this run has taken, these and the directory
   * itself stay until another run finishes them.
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
