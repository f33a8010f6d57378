package io.paritree.spark;

import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The job as a program that dies at a step, as by {@code kill -9}: no shutdown hook runs.
 *
 * <p>Arguments: the step, at which of its occurrences, and the job's own arguments.
 */
final class DyingJob {
  static final int EXIT_CODE = 137;

  private DyingJob() {}

  public static void main(String[] arguments) {
    Step fatal = Step.valueOf(arguments[0]);
    AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[1]));
    StepObserver observer =
        step -> {
          if (step == fatal && left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
          }
        };
    String[] job = Arrays.copyOfRange(arguments, 2, arguments.length);
    System.exit(ScoreMain.run(observer, System.out, System.err, job));
  }
}
