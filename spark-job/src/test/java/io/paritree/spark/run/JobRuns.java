package io.paritree.spark.run;

import io.paritree.spark.publish.StepObserver;
import java.util.ArrayList;
import java.util.List;

/**
 * The job as a program that runs several times, each time with a Spark of its own; prints each exit
 * code. Arguments: those of each run, with {@link #THEN} between them.
 */
final class JobRuns {
  static final String THEN = "--then";

  private JobRuns() {}

  public static void main(String[] arguments) {
    List<String> run = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.equals(THEN)) {
        run(run);
        run.clear();
      } else {
        run.add(argument);
      }
    }

    run(run);
    System.exit(0);
  }

  private static void run(List<String> arguments) {
    int exitCode =
        ScoreMain.run(StepObserver.NONE, System.out, System.err, arguments.toArray(String[]::new));
    System.out.println("exit code " + exitCode);
  }
}
