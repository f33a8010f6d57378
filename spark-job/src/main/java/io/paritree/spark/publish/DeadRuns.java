package io.paritree.spark.publish;

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
final class DeadRuns {
  private final OutputPlace place;
  private final SignsOfLife life;

  DeadRuns(OutputPlace place, SignsOfLife life) {
    this.place = place;
    this.life = life;
  }

  /**
   * Finishes or removes each dead run.
   *
   * @param own the directory of the lock's holder
   * @return one line for each dead run that was found
   */
  List<String> finish(RunDirectory own) throws IOException {
    List<String> found = new ArrayList<>();
    for (String name : place.unfinished()) {
      RunDirectory other = new RunDirectory(place, name);
      // This run holds the lock. So a run that has begun to swap is dead, or can no longer move
      // anything.
      if (!name.equals(own.name()) && (other.isSwapping() || life.isDead(name))) {
        Optional<RunDirectory> taken = own.take(other);
        if (taken.isPresent()) {
          finishTaken(taken.get(), found);
        }
      }
    }

    life.forgetTheDead(own.name());
    return found;
  }

  private void finishTaken(RunDirectory run, List<String> found) throws IOException {
    // The run may have been killed while it was finishing earlier dead runs.
    for (RunDirectory taken : run.takenRuns()) {
      finishTaken(taken, found);
    }

    found.add(run.name() + " was " + outcome(run));
    run.delete();
  }

  private String outcome(RunDirectory run) throws IOException {
    boolean isSwapping = run.isSwapping();
    if (!run.isPrepared() || !isSwapping && !run.isWhole(run.prepared())) {
      return "removed: it was killed before its files were complete, or after it had ended";
    }

    if (isSwapping) {
      swap(run, run.swapping());
      run.moveKept();
      return "finished: it had begun to publish";
    }

    try {
      List<PreparedPartition> open = place.stillOpen(run.prepared());
      run.writeSwapping(open);
      swap(run, open);
      run.moveKept();
      return "finished: its files were complete";
    } catch (ConflictException e) {
      run.moveKept();
      return "removed: " + e.getMessage();
    }
  }

  private void swap(RunDirectory run, List<PreparedPartition> partitions) throws IOException {
    for (PreparedPartition partition : partitions) {
      PartitionSwap swap = new PartitionSwap(place, run, partition.partition());
      if (swap.isOpen()) {
        swap.move(StepObserver.NONE);
      }
    }
  }
}
