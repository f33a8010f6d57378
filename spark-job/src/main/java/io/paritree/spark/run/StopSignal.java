package io.paritree.spark.run;

import io.paritree.spark.report.FailedException;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.Outcome;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.service.launcher.IrqHandler;

/**
 * SIGINT and SIGTERM, which concern the whole process: they let its run end in order. Spark's jobs
 * are cancelled, the run keeps its report and removes what it has staged, and the process exits
 * with the code that the report has. A publication that has begun is finished first.
 *
 * <p>Without this, Spark would be stopped under the run, and whether it can still keep a report
 * would be chance. Thread-safe.
 */
final class StopSignal {
  private static final long BETWEEN_NANOS = 100_000_000L;

  /** After so long, the process ends as if nothing had caught the signal, but with exit code 1. */
  private static final int PATIENCE = 300;

  private static volatile String signal = "";
  private static volatile boolean isPublishing;

  private StopSignal() {}

  /**
   * Catches the signals of this process, whose only run is the run with this Spark.
   *
   * @param err receives a line when one was caught
   * @param exit ends the process if the run does not end
   */
  static void bind(SparkOnDemand spark, PrintStream err, Runnable exit) {
    for (String name : List.of(IrqHandler.CONTROL_C, IrqHandler.SIGTERM)) {
      try {
        new IrqHandler(name, caught -> stop("SIG" + name, spark, err, exit)).bind();
      } catch (IllegalArgumentException e) {
        // The JVM was told to leave the signal alone (-Xrs), or has none.
      }
    }
  }

  private static void stop(String name, SparkOnDemand spark, PrintStream err, Runnable exit) {
    if (!signal.isEmpty()) {
      Runtime.getRuntime().halt(Outcome.FAILED.exitCode()); // asked for twice
    }

    signal = name;
    err.println("Stopping because of %s; another signal ends the run at once".formatted(name));
    for (int waits = 0; waits < PATIENCE; waits += isPublishing ? 0 : 1) {
      if (!isPublishing) {
        spark.cancelJobs(); // again, as another one may have begun
      }

      LockSupport.parkNanos(BETWEEN_NANOS);
    }

    exit.run();
  }

  /** Ends the run if a signal has asked for it. */
  static void check() throws FailedException {
    if (!signal.isEmpty()) {
      throw stopped(null);
    }
  }

  /** Says that the run publishes from now on, which no signal interrupts. */
  static void publishing() throws FailedException {
    isPublishing = true;
    try {
      check();
    } catch (FailedException e) {
      isPublishing = false;
      throw e;
    }
  }

  static void published() {
    isPublishing = false;
  }

  /** Returns why a run failed: a signal, if there was one, has caused other failures. */
  static Exception reason(Exception failure) {
    return signal.isEmpty() || failure instanceof JobException ? failure : stopped(failure);
  }

  private static FailedException stopped(Exception cause) {
    return new FailedException(
        "The run was stopped by %s before this was published; run again to go on".formatted(signal),
        cause);
  }
}
