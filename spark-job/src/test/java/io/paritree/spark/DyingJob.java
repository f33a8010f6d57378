package io.paritree.spark;

import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The job as a program that gets {@code kill -9} at a step.
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
            die();
          }
        };
    String[] job = Arrays.copyOfRange(arguments, 2, arguments.length);
    System.exit(ScoreMain.run(observer, System.out, System.err, job));
  }

  private static void die() {
    try {
      new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    while (true) {
      LockSupport.park();
    }
  }
}
