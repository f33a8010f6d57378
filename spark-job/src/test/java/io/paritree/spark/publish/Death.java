package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;

/**
 * Ends a run in this JVM at a step, as {@code kill -9} ends a process there: nothing that it does
 * afterwards reaches its store, neither its {@code finally} blocks nor its signs of life. Its locks
 * on local files are free then, as the operating system frees the locks of a process that ends.
 */
final class Death implements FaultyStore.Fault, StepObserver {

  static final class Killed extends RuntimeException {
    Killed() {
      super("killed", null, false, false);
    }
  }

  private final Step fatal;
  private volatile boolean isDead;

  private Death(Step fatal) {
    this.fatal = fatal;
  }

  /** Stages and publishes until a step, which the run must reach. */
  static void at(Step fatal, OutputPlace place, LockTimes times, String content)
      throws IOException {
    Death death = new Death(fatal);
    OutputPlace mortal =
        new OutputPlace(new FaultyStore(place.store(), death), place.output()).with(place.calls());
    assertThatThrownBy(
            () -> StagedRun.publish(mortal, times, content, StagedRun.tokens(place), death))
        .as("killed at %s", fatal)
        .isInstanceOf(Killed.class);
  }

  @Override
  public void before(String operation, boolean change) {
    if (isDead) {
      throw new Killed();
    }
  }

  @Override
  public void reached(Step step) {
    if (step == fatal) {
      isDead = true;
      throw new Killed();
    }
  }
}
