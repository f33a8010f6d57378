package io.paritree.spark.publish;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Optional;

/** Two renames of directories: the old rows out, the new rows in. */
final class DirectorySwap implements PartitionSwap {
  private final OutputPlace place;
  private final FileStore store;
  private final Location target;
  private final Location old;
  private final Location fresh;
  private final Location secondOld;

  DirectorySwap(OutputPlace place, RunDirectory run, String partition) {
    this.place = place;
    this.store = place.store();
    this.target = place.partition(partition);
    this.old = run.old(partition);
    this.fresh = run.fresh(partition);
    this.secondOld = run.location().resolve("old").resolve("second-" + System.nanoTime());
  }

  @Override
  public boolean isOpen() throws IOException {
    return store.find(fresh).isPresent();
  }

  @Override
  public Optional<String> missing() throws IOException {
    return place.missing(place.manifestIn(fresh), fresh);
  }

  @Override
  public void move(StepObserver observer) throws IOException {
    if (store.find(target).isPresent()) {
      try {
        store.rename(target, old);
      } catch (FileAlreadyExistsException e) {
        // Not done by a run of this job: another program has made a directory there since the old
        // rows were moved.
        store.rename(target, secondOld);
      }

      observer.reached(Step.OLD_MOVED);
    }

    store.rename(fresh, target);
    observer.reached(Step.NEW_MOVED);
  }

  @Override
  public void undo() throws IOException {
    if (store.find(fresh).isEmpty() && store.find(target).isPresent()) {
      store.rename(target, fresh);
    }

    if (store.find(old).isPresent()) {
      store.rename(old, target);
    }
  }
}
