package io.paritree.spark.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Finishes or removes the dead runs of an output, without publishing anything itself. */
public final class Recovery {
  private final OutputPlace place;
  private final LockTimes times;
  private final Publisher publisher;

  public Recovery(OutputPlace place, LockTimes times) {
    this.place = place;
    this.times = times;
    this.publisher = new Publisher(place, times, StepObserver.NONE);
  }

  /**
   * Finishes the dead runs that were prepared, and removes the others.
   *
   * <p>On stores without file locks this waits until a run counts as dead.
   *
   * @return one line for each other run that was found
   */
  public List<String> recover() throws IOException {
    List<String> found = new ArrayList<>();
    if (place.store().find(place.state()).isEmpty()) {
      return found;
    }

    boolean waits = !place.state().isLocal();
    long end = System.nanoTime() + times.stale().plus(times.beat()).toNanos();
    try (Publisher.Run run = publisher.begin("recovery")) {
      found.addAll(publisher.finishDead(run));
      while (waits
          && (!othersThan(run).isEmpty() || publisher.knowsOthersThan(run))
          && System.nanoTime() < end) {
        LockSupport.parkNanos(times.beat().toNanos() / 4);
        found.addAll(publisher.finishDead(run));
      }

      for (String name : othersThan(run)) {
        found.add("%s is running".formatted(name));
      }
    }

    return found;
  }

  /**
   * Finishes or removes those runs that are known to be dead, and removes indexes that no partition
   * uses, which a run leaves that was killed after it had published; if there is nothing of these,
   * only reads the state.
   */
  public void tidy() throws IOException {
    if (!place.unfinished().isEmpty() || !place.listOrNone(place.running()).isEmpty()) {
      try (Publisher.Run run = publisher.begin("tidy")) {
        publisher.finishDead(run);
      }
    }

    new KeptIndexes(place).removeUnused(Optional.empty());
  }

  private List<String> othersThan(Publisher.Run run) throws IOException {
    List<String> others = new ArrayList<>(place.unfinished());
    others.remove(run.directory().name());
    return others;
  }
}
