package io.paritree.spark.publish;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Moves files one by one, on stores that cannot rename a directory in one step.
 *
 * <p>{@code _SUCCESS} and {@code _paritree.json} are the first that go and the last that come, so a
 * reader that reads only what has both reads complete rows. The old rows stay in the run's
 * directory until all new rows of the run are in place.
 *
 * <p>A run that was only paused may wake after another one has finished its swap. Names of data
 * files are unique and a move fails if its source is gone, so it can then add and remove nothing
 * but the two marks; before these it makes sure that it still holds the lock.
 */
final class FileSwap implements PartitionSwap {
  private static final List<String> MARKS =
      List.of(PartitionManifest.FILE, PartitionManifest.SUCCESS_FILE);

  private final OutputPlace place;
  private final FileMoves moves;
  private final Location target;
  private final Location fresh;
  private final Map<Location, Location> old = new LinkedHashMap<>(); // the others first
  private final String run;
  private final OutputLock lock;

  FileSwap(
      OutputPlace place,
      RunDirectory run,
      PreparedPartition partition,
      OutputLock lock,
      CallsAtOnce calls) {
    this.place = place;
    this.moves = new FileMoves(place.store(), calls);
    this.target = place.partition(partition.partition());
    this.fresh = run.fresh(partition.partition());
    partition.others().forEach(path -> old.put(place.partition(path), run.old(path)));
    old.put(target, run.old(partition.partition()));
    this.run = RunName.withoutFence(run.name());
    this.lock = lock;
  }

  @Override
  public boolean isOpen() throws IOException {
    return place.store().find(fresh).isPresent();
  }

  @Override
  public Optional<String> missing() throws IOException {
    return place.missing(manifest(), fresh, target);
  }

  /** Returns the manifest of the new rows; it is moved after all of them. */
  private Optional<PartitionManifest> manifest() throws IOException {
    Optional<PartitionManifest> staged = place.manifestIn(fresh);
    return staged.isPresent() ? staged : movedManifest();
  }

  private Optional<PartitionManifest> movedManifest() throws IOException {
    return place.manifestIn(target).filter(manifest -> manifest.directory().equals(run));
  }

  @Override
  public void move(StepObserver observer) throws IOException {
    lock.confirm();
    Optional<PartitionManifest> staged = place.manifestIn(fresh);
    Optional<PartitionManifest> moved = movedManifest();
    Optional<PartitionManifest> manifest = staged.or(() -> moved);
    Optional<String> missing = place.missing(manifest, fresh, target);
    if (missing.isPresent()) {
      throw new IOException(
          "Cannot publish %s: its staged rows are not complete: %s is missing"
              .formatted(target, missing.get()));
    }

    if (moved.isEmpty()) {
      moveRows(manifest.orElseThrow(), observer);
    }

    lock.confirm();
    moves.move(fresh, target, MARKS);
    place.store().delete(fresh);
    observer.reached(Step.NEW_MOVED);
  }

  private void moveRows(PartitionManifest manifest, StepObserver observer) throws IOException {
    List<String> names = manifest.files().stream().map(DataFile::name).toList();
    for (Map.Entry<Location, Location> replaced : old.entrySet()) {
      if (moveOthersAway(manifest, replaced.getKey(), replaced.getValue())) {
        observer.reached(Step.OLD_MOVED);
      }
    }

    moves.moveAll(fresh, target, names);

    Optional<String> missing = place.missing(Optional.of(manifest), target);
    if (missing.isPresent()) {
      throw new IOException(
          "Cannot publish %s: %s is missing there after it was moved"
              .formatted(target, missing.get()));
    }
  }

  /** Returns whether there were any. */
  private boolean moveOthersAway(PartitionManifest manifest, Location from, Location to)
      throws IOException {
    List<String> others = others(manifest, from);
    boolean isEmpty = others.isEmpty();
    // After the listing: these are no rows of a run that has taken over meanwhile.
    lock.confirm();
    List<String> marks =
        List.of(PartitionManifest.SUCCESS_FILE, PartitionManifest.FILE).stream()
            .filter(others::remove)
            .toList();
    moves.move(from, to, marks);
    moves.moveAll(from, to, others);
    return !isEmpty;
  }

  /** Returns the files in a directory that are none of the new ones, as paths below it. */
  private List<String> others(PartitionManifest manifest, Location directory) throws IOException {
    Map<String, Long> named = new HashMap<>();
    manifest.files().forEach(file -> named.put(file.name(), file.bytes()));
    List<String> others = new ArrayList<>();
    for (Map.Entry<String, FileEntry> file : moves.below(directory).entrySet()) {
      Long bytes = named.get(file.getKey());
      if (bytes == null || bytes != file.getValue().bytes()) {
        others.add(file.getKey());
      }
    }

    return others;
  }

  @Override
  public void undo() throws IOException {
    lock.confirm();
    Optional<PartitionManifest> manifest = manifest();
    if (manifest.isPresent()) {
      if (movedManifest().isPresent()) {
        moves.move(target, fresh, List.of(PartitionManifest.SUCCESS_FILE, PartitionManifest.FILE));
      }

      moves.moveAll(target, fresh, manifest.get().files().stream().map(DataFile::name).toList());
    }

    List<Location> back = new ArrayList<>(old.keySet());
    Collections.reverse(back);
    for (Location directory : back) {
      moveBack(old.get(directory), directory);
    }
  }

  private void moveBack(Location from, Location to) throws IOException {
    List<String> rows = new ArrayList<>(moves.below(from).keySet());
    List<String> marks = MARKS.stream().filter(rows::remove).toList();
    moves.moveAll(from, to, rows);
    lock.confirm();
    moves.move(from, to, marks);
  }
}
