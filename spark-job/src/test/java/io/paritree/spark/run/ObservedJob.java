package io.paritree.spark.run;

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
 * own arguments; {@code die:N} dies N milliseconds after the step. A process that waits prints
 * {@code at STEP}, and continues when it gets a byte on standard input.
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

      if (what.startsWith("die:")) {
        long millis = Long.parseLong(what.substring("die:".length()));
        new Thread(() -> dieAfter(millis), "death").start();
        return;
      }

      die();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    while (true) {
      LockSupport.park();
    }
  }

  private static void die() throws IOException {
    new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start();
  }

  private static void dieAfter(long millis) {
    LockSupport.parkNanos(millis * 1_000_000);
    try {
      die();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
