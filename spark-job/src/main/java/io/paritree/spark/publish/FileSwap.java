package io.paritree.spark.publish;

import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final Location old;
  private final Location fresh;
  private final String run;
  private final OutputLock lock;

  FileSwap(OutputPlace place, RunDirectory run, String partition, OutputLock lock) {
    this.place = place;
    this.moves = new FileMoves(place.store());
    this.target = place.partition(partition);
    this.old = run.old(partition);
    this.fresh = run.fresh(partition);
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
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      throw new IOException(
          "Cannot publish %s: its staged rows are not complete: %s is missing"
              .formatted(target, missing.get()));
    }

    if (movedManifest().isEmpty()) {
      moveRows(manifest().orElseThrow(), observer);
    }

    lock.confirm();
    moves.move(fresh, target, MARKS);
    place.store().delete(fresh);
    observer.reached(Step.NEW_MOVED);
  }

  private void moveRows(PartitionManifest manifest, StepObserver observer) throws IOException {
    List<String> names = manifest.files().stream().map(DataFile::name).toList();
    place.store().createDirectories(target);
    if (moveOthersAway(manifest)) {
      observer.reached(Step.OLD_MOVED);
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
  private boolean moveOthersAway(PartitionManifest manifest) throws IOException {
    List<String> others = others(manifest);
    boolean isEmpty = others.isEmpty();
    // After the listing: these are no rows of a run that has taken over meanwhile.
    lock.confirm();
    List<String> marks =
        List.of(PartitionManifest.SUCCESS_FILE, PartitionManifest.FILE).stream()
            .filter(others::remove)
            .toList();
    moves.move(target, old, marks);
    moves.moveAll(target, old, others);
    return !isEmpty;
  }

  /** Returns the files in place that are none of the new ones, as paths below the partition. */
  private List<String> others(PartitionManifest manifest) throws IOException {
    Map<String, Long> named = new HashMap<>();
    manifest.files().forEach(file -> named.put(file.name(), file.bytes()));
    List<String> others = new ArrayList<>();
    for (Map.Entry<String, FileEntry> file : moves.below(target).entrySet()) {
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

    List<String> rows = new ArrayList<>(moves.below(old).keySet());
    List<String> marks = MARKS.stream().filter(rows::remove).toList();
    moves.moveAll(old, target, rows);
    lock.confirm();
    moves.move(old, target, marks);
  }
}
