package io.paritree.spark.input;

import io.paritree.spark.report.RefusedException;
import java.util.List;

/** What is wrong with what a run is given, as one message. */
public final class InputProblems {
  private static final int MAX_SHOWN = 20;

  private InputProblems() {}

  /**
   * @throws RefusedException with all problems, if there are any
   */
  public static void refuse(List<String> problems) throws RefusedException {
    if (!problems.isEmpty()) {
      throw new RefusedException(message(problems));
    }
  }

  /** Returns problems as one message: the first 20, and how many more there are. */
  public static String message(List<String> problems) {
    StringBuilder text =
        new StringBuilder(
            "Cannot score this, %s:"
                .formatted(problems.size() == 1 ? "1 problem" : problems.size() + " problems"));
    problems.stream().limit(MAX_SHOWN).forEach(problem -> text.append("\n  - ").append(problem));
    if (problems.size() > MAX_SHOWN) {
      text.append("\n  - and %s more".formatted(problems.size() - MAX_SHOWN));
    }

    return text.toString();
  }
}
