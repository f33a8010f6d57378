package io.paritree.spark.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What dead runs have left: finished where it was complete, removed where it was not.
 *
 * <p>Only for the holder of the output's lock, and only through the holder's own directory: if the
 * lock is taken over, a holder that wakes can move nothing of the dead runs' either.
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
   * @return one line for each run that was found dead
   */
  List<String> finish(RunDirectory own) throws IOException {
    List<String> found = new ArrayList<>();
    for (String name : place.unfinished()) {
      RunDirectory other = new RunDirectory(place, name);
      // The lock is ours, so whoever began a swap is dead or can move nothing any more.
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
    // It may have died while it finished others, which had come before it.
    for (RunDirectory taken : run.takenRuns()) {
      finishTaken(taken, found);
    }

    found.add(run.name() + " was " + outcome(run));
    run.delete();
  }

  private String outcome(RunDirectory run) throws IOException {
    boolean isSwapping = run.isSwapping();
    if (!run.isPrepared() || !isSwapping && !run.isWhole(run.prepared())) {
      return "removed: it had died before it was complete, or after it had ended";
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
      return "finished: it was complete";
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
