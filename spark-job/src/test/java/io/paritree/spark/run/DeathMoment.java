package io.paritree.spark.run;

import io.paritree.spark.publish.Step;
import java.util.List;
import java.util.Random;

/**
 * When a run is killed.
 *
 * @param occurrence at which occurrence of the step
 * @param millis after it
 */
record DeathMoment(Step step, int occurrence, int millis) {
  /** About as long as a publication of few partitions takes. */
  private static final int MILLIS_OF_FEW = 3_000;

  /** About as long as one of many partitions takes, some of which are moved at the same time. */
  private static final int MILLIS_OF_ONE = 1_000;

  /**
   * Draws a moment of a publication. Of many partitions, three times of four some are in place
   * then, some half moved, and others untouched.
   *
   * @param replaces whether there are old rows
   */
  static DeathMoment ofPublication(Random random, int partitions, boolean replaces) {
    if (partitions <= MortalJob.FEW) {
      return new DeathMoment(Step.PREPARED, 1, random.nextInt(MILLIS_OF_FEW));
    }

    int kind = random.nextInt(8);
    Step step =
        switch (kind) {
          case 0 -> Step.PREPARED;
          case 1 -> Step.REPORT_MOVED;
          case 2, 3, 4 -> replaces ? Step.OLD_MOVED : Step.NEW_MOVED;
          default -> Step.NEW_MOVED;
        };
    int occurrence = kind < 2 ? 1 : 1 + random.nextInt(partitions);
    return new DeathMoment(step, occurrence, random.nextInt(MILLIS_OF_ONE));
  }

  /** Returns the arguments of {@link ObservedJob} before those of the job. */
  List<Object> arguments() {
    return List.of("die:" + millis, step.name(), occurrence);
  }

  @Override
  public String toString() {
    return "%s ms after %s %s".formatted(millis, step, occurrence);
  }
}
