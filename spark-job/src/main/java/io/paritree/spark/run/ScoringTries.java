package io.paritree.spark.run;

import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.Stages;
import io.paritree.spark.task.Tally;
import java.io.IOException;
import java.io.PrintStream;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;

/**
 * Scores all rows of a group, with its challengers; then without any, if these may be why it has
 * failed. Immutable.
 */
record ScoringTries(
    SparkSession session, StepObserver observer, PrintStream progress, Stages stages) {

  /**
   * Scores all rows.
   *
   * @param tally receives the results of the try that counts
   * @return what was scored
   */
  CheckedRun score(CheckedRun checked, RunDirectory directory, Tally tally)
      throws JobException, IOException {
    Tally own = new Tally(); // of this try alone
    boolean isChallenged = !checked.challengers().all().isEmpty();
    try {
      new GroupScoring(session, observer, progress, checked)
          .score(directory, own, () -> stages.end("prepare"));
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      StopSignal.check();
      ReadCheck.unchanged(checked, e);
      if (!isChallenged || !mayBeOfChallengers(e)) {
        throw e;
      }

      String why =
          "the tasks have failed beside it: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      progress.println("Scoring has failed, and is tried without challengers: " + e.getMessage());
      CheckedRun alone = checked.with(checked.challengers().withoutAny(why));
      alone.challengers().check(checked.settings().challengers().absence());
      return score(alone, directory, tally);
    }

    own.pack();
    tally.add(own);
    return checked;
  }

  /**
   * Returns whether challengers may be why rows could not be scored. What they throw ends them, and
   * no task; but they take heap, for whose want an executor may end.
   */
  static boolean mayBeOfChallengers(Exception failure) {
    if (failure instanceof IOException) {
      return false;
    }

    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof VirtualMachineError) {
        return true;
      }
    }

    boolean isThrownByTask = failure instanceof SparkException && failure.getCause() != null;
    return !isThrownByTask;
  }
}
