package io.paritree.spark.publish;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;

/** The renames that replace the old rows of one partition with the new ones. */
final class PartitionSwap {
  private final FileStore store;
  private final Location target;
  private final Location old;
  private final Location fresh;
  private final Location secondOld;

  PartitionSwap(OutputPlace place, RunDirectory run, String partition) {
    this.store = place.store();
    this.target = place.partition(partition);
    this.old = run.old(partition);
    this.fresh = run.fresh(partition);
    this.secondOld = run.location().resolve("old").resolve("second-" + System.nanoTime());
  }

  /** Returns whether the new rows are still staged. */
  boolean isOpen() throws IOException {
    return store.find(fresh).isPresent();
  }

  /** Moves the old rows away, if there are any, and the new ones in. */
  void move(StepObserver observer) throws IOException {
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

  /** Moves the new rows back if they were moved, and then the old ones. */
  void undo() throws IOException {
    if (store.find(fresh).isEmpty()) {
      store.rename(target, fresh);
    }

    if (store.find(old).isPresent()) {
      store.rename(old, target);
    }
  }
}
