package io.paritree.spark.run;

import io.paritree.spark.report.Outcome;
import io.paritree.spark.report.UsageException;
import io.paritree.spark.settings.CommandForm;
import java.io.PrintStream;
import java.util.Optional;

/**
 * How a command has ended.
 *
 * @param reason empty if it succeeded
 */
record Ending(Outcome outcome, String reason) {
  static final Ending SUCCESS = new Ending(Outcome.CHECKED, "");

  /** What a command does. */
  @FunctionalInterface
  interface Work<T> {
    Ending with(T given)
        throws Exception; // Spark throws checked exceptions that it does not declare
  }

  /** Keeps what was found. */
  @FunctionalInterface
  interface Keeping {
    void keep() throws Exception;
  }

  /**
   * Reads a command line, and does what it asks for.
   *
   * @param what is done, as the first words of a sentence
   */
  static <T> Ending of(
      CommandForm<T> form,
      String what,
      PrintStream out,
      PrintStream err,
      Work<T> work,
      String... arguments) {
    try {
      Optional<T> given = form.parse(arguments);
      if (given.isEmpty()) {
        out.print(form.usage());
        return SUCCESS;
      }

      return work.with(given.get());
    } catch (UsageException e) {
      err.println(e.getMessage());
      err.println("Try: %s --help".formatted(form.name()));
      return new Ending(e.outcome(), e.getMessage());
    } catch (Throwable e) { // also Spark's undeclared exceptions, and errors
      return ScoreMain.failed(what, e, err);
    }
  }

  /** Returns an ending whose reason is printed. */
  static Ending printed(Outcome outcome, String reason, PrintStream err) {
    err.println(reason);
    return new Ending(outcome, reason);
  }

  /**
   * Keeps what was found, and returns how the command has ended then: that it cannot be kept is
   * said, and is a reason only if there is no other.
   *
   * @param what is done, as the first words of a sentence
   */
  Ending withKept(String what, Keeping keeping, PrintStream err) {
    try {
      keeping.keep();
      return this;
    } catch (Exception e) {
      Ending failed = ScoreMain.failed(what, e, err);
      return outcome == Outcome.CHECKED ? failed : this;
    }
  }
}
