package io.paritree.spark;

import io.paritree.spark.publish.Step;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The job as a program that gets {@code kill -9} at a step, or waits there.
 *
 * <p>Arguments: {@code die} or {@code wait}, the step, at which of its occurrences, and the job's
 * own arguments. A process that waits prints {@code at STEP}, and continues when it gets a byte on
 * standard input.
 */
final class ObservedJob {
  /** The exit code of a process that gets {@code kill -9}. */
  static final int KILLED = 137;

  private ObservedJob() {}

  public static void main(String[] arguments) {
    Step last = Step.valueOf(arguments[1]);
    AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[2]));
    StepObserver observer =
        step -> {
          if (step == last && left.decrementAndGet() == 0) {
            act(arguments[0], step);
          }
        };
    String[] job = Arrays.copyOfRange(arguments, 3, arguments.length);
    System.exit(ScoreMain.run(observer, System.out, System.err, job));
  }

  private static void act(String what, Step step) {
    try {
      if (what.equals("wait")) {
        System.out.println("at " + step);
        System.in.read();
        return;
      }

      new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    while (true) {
      LockSupport.park();
    }
  }
}
