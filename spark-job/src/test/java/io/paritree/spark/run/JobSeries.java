package io.paritree.spark.run;

import io.paritree.spark.publish.StepObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Runs command lines of the job one after another in one JVM, which then loads its classes once;
 * each run starts Spark and stops it. Ends with the exit code of the first run that fails.
 */
public final class JobSeries {
  private static final String SETTING = "-D";
  private static final String END = "--and-then";

  private JobSeries() {}

  /**
   * Returns the words of a run.
   *
   * @param settings of Spark for this run, such as {@code spark.master=local}
   */
  static List<Object> run(List<String> settings, List<Object> arguments) {
    List<Object> words = new ArrayList<>();
    settings.forEach(setting -> words.add(SETTING + setting));
    words.addAll(arguments);
    words.add(END);
    return words;
  }

  /** Takes the words of all runs. */
  public static void main(String[] words) {
    System.exit(exitCode(words));
  }

  /** Runs all; settings after the last run hold from then on. */
  static int exitCode(String... words) {
    Properties usual = (Properties) System.getProperties().clone();
    List<String> run = new ArrayList<>();
    for (String word : words) {
      if (word.equals(END)) {
        String[] arguments = run.toArray(String[]::new);
        int exitCode = ScoreMain.run(StepObserver.NONE, System.out, System.err, arguments);
        if (exitCode != 0) {
          return exitCode;
        }

        run.clear();
        System.setProperties((Properties) usual.clone());
      } else if (run.isEmpty() && word.startsWith(SETTING)) {
        String[] setting = word.substring(SETTING.length()).split("=", 2);
        System.setProperty(setting[0], setting[1]);
      } else {
        run.add(word);
      }
    }

    return 0;
  }
}
