package io.paritree.spark.publish;

import io.paritree.output.PartitionManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finishes the dead runs of an output that are complete, and removes the others.
 *
 * <p>Only the holder of the output's lock may do this. It first renames each dead run's directory
 * into its own. If the lock is taken over, the fence around the holder's directory is therefore
 * also one around the dead runs': a holder that was only paused can move nothing of them when it
 * wakes.
 */
record DeadRuns(OutputPlace place, SignsOfLife life) {
  /**
   * Finishes or removes each dead run.
   *
   * @param own the directory of the lock's holder
   * @return one line for each dead run that was found
   */
  List<String> finish(RunDirectory own, OutputLock lock) throws IOException {
    List<String> found = new ArrayList<>();
    for (String name : place.unfinished()) {
      RunDirectory other = new RunDirectory(place, name);
      // This run holds the lock. So a run that has begun to swap is dead, or can no longer move
      // anything.
      if (!name.equals(own.name()) && (other.isSwapping() || life.isDead(name))) {
        Optional<RunDirectory> taken = own.take(other);
        if (taken.isPresent()) {
          lock.confirm();
          finishTaken(taken.get(), lock, found);
        }
      }
    }

    life.forgetTheDead(own.name());
    return found;
  }

  private void finishTaken(RunDirectory run, OutputLock lock, List<String> found)
      throws IOException {
    // The run may have been killed while it was finishing earlier dead runs.
    for (RunDirectory taken : run.takenRuns()) {
      finishTaken(taken, lock, found);
    }

    found.add(run.name() + " was " + outcome(run, lock));
    run.delete();
  }

  private String outcome(RunDirectory run, OutputLock lock) throws IOException {
    boolean isSwapping = run.isSwapping();
    if (!run.isPrepared() || !isSwapping && !run.isWhole(run.prepared())) {
      return "removed: it was killed before its files were complete, or after it had ended";
    }

    List<PreparedPartition> partitions;
    try {
      partitions =
          isSwapping ? current(run) : place.look().withOthers(place.stillOpen(run.prepared()));
    } catch (ConflictException e) {
      run.moveKept();
      return "removed: " + e.getMessage();
    }

    List<PartitionSwap> swaps = PartitionSwap.of(place, run, partitions, lock);
    Optional<String> missing = missing(swaps);
    if (missing.isPresent()) {
      if (isSwapping) {
        place.calls().each(swaps, PartitionSwap::undo);
      }

      run.moveKept();
      return "removed: its file %s is missing; the rows from before it are in place"
          .formatted(missing.get());
    }

    if (!isSwapping) {
      run.writeSwapping(partitions);
    }

    place
        .calls()
        .each(
            swaps,
            swap -> {
              if (swap.isOpen()) {
                swap.move(StepObserver.NONE);
              }
            });

    run.moveKept();
    return isSwapping ? "finished: it had begun to publish" : "finished: its files were complete";
  }

  /** Returns the partitions that a run was moving and that no other run has published since. */
  private List<PreparedPartition> current(RunDirectory run) throws IOException {
    return place
        .look()
        .only(
            run.swapping(),
            partition -> {
              Optional<PartitionManifest> now = place.manifest(partition.partition());
              return now.isEmpty()
                  || now.get().token().equals(partition.before())
                  || now.get().directory().equals(RunName.withoutFence(run.name()));
            });
  }

  private Optional<String> missing(List<PartitionSwap> swaps) throws IOException {
    return place
        .calls()
        .answers(swaps, swap -> swap.isOpen() ? swap.missing() : Optional.<String>empty())
        .stream()
        .flatMap(Optional::stream)
        .findFirst();
  }
}
