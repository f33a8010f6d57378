package io.paritree.spark.output;

import io.paritree.spark.input.InputProblems;
import io.paritree.spark.publish.KeptIndexes;
import io.paritree.spark.publish.KeptRuns;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.Recovery;
import io.paritree.spark.publish.RunName;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.settings.JobSettings;
import io.paritree.store.FileStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Map;

/**
 * Begins runs on an output, and removes what ended and dead ones have left.
 *
 * @param progress receives messages for the user
 */
public record OutputRuns(
    OutputPlace place, JobSettings settings, StepObserver observer, PrintStream progress) {

  /**
   * @param output the directory of the output
   * @param hadoop Spark's settings for Hadoop's clients
   * @throws RefusedException if the output is a root
   */
  static OutputRuns on(
      String output,
      JobSettings settings,
      Map<String, String> hadoop,
      StepObserver observer,
      PrintStream progress)
      throws RefusedException, IOException {
    if (FileStore.located(output, hadoop).isRoot()) {
      throw new RefusedException(
          "Output refused: %s is a root, but the output needs a directory next to it"
              .formatted(output));
    }

    OutputPlace place = OutputPlace.of(output, hadoop).with(settings.output().calls());
    return new OutputRuns(place, settings, observer, progress);
  }

  /** Makes the directory of a group. */
  public Publisher.Run begin(RunName name) throws RefusedException, IOException {
    try {
      return new Publisher(place, settings.output().locks(), observer).begin(name);
    } catch (AccessDeniedException e) {
      throw new RefusedException(
          InputProblems.message(
              List.of(
                  "the run may not write its state to %s (%s); let its user write there, or publish to a directory below the output"
                      .formatted(place.state(), e.getMessage()))));
    }
  }

  /**
   * Removes the oldest reports and quarantines beyond the number to keep, and unused indexes. A
   * failure is printed and does not fail the run.
   */
  public void removeOld(RunName name, Output output) {
    try {
      new KeptRuns(place).remove(settings.reporting().keptRuns(), name);
      new KeptIndexes(place).removeUnused(output.indexes());
    } catch (IOException e) {
      progress.println(
          "Cannot remove old reports and indexes from %s: %s".formatted(place.state(), e));
    }
  }

  /**
   * Finishes or removes what dead runs have left. A failure is printed and does not fail the run,
   * which has nothing else to do.
   */
  public void tidy() {
    try {
      new Recovery(place, settings.output().locks()).tidy();
    } catch (IOException e) {
      progress.println(
          "Cannot remove what dead runs have left in %s: %s".formatted(place.state(), e));
    }
  }
}
