package io.paritree.spark.publish;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Two renames of directories: the old rows out, the new rows in. */
final class DirectorySwap implements PartitionSwap {
  private final OutputPlace place;
  private final FileStore store;
  private final RunDirectory run;
  private final Location target;
  private final Location fresh;
  private final List<String> replaced; // in this order

  DirectorySwap(OutputPlace place, RunDirectory run, PreparedPartition partition) {
    this.place = place;
    this.store = place.store();
    this.run = run;
    this.target = place.partition(partition.partition());
    this.fresh = run.fresh(partition.partition());
    this.replaced = new ArrayList<>(partition.others());
    this.replaced.add(partition.partition());
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
    for (String path : replaced) {
      if (store.find(place.partition(path)).isPresent()) {
        moveAway(path);
        observer.reached(Step.OLD_MOVED);
      }
    }

    store.rename(fresh, target);
    observer.reached(Step.NEW_MOVED);
  }

  private void moveAway(String path) throws IOException {
    try {
      store.rename(place.partition(path), run.old(path));
    } catch (FileAlreadyExistsException e) {
      // Not done by a run of this job: another program has made a directory there since the old
      // rows were moved.
      Location second = run.location().resolve("old").resolve("second-" + System.nanoTime());
      store.rename(place.partition(path), second);
    }
  }

  @Override
  public void undo() throws IOException {
    if (store.find(fresh).isEmpty() && store.find(target).isPresent()) {
      store.rename(target, fresh);
    }

    for (int last = replaced.size() - 1; last >= 0; last--) {
      Location old = run.old(replaced.get(last));
      if (store.find(old).isPresent()) {
        store.rename(old, place.partition(replaced.get(last)));
      }
    }
  }
}
