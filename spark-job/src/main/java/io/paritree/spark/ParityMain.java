package io.paritree.spark;

import io.paritree.ModelException;
import io.paritree.spark.audit.Audit;
import io.paritree.spark.ending.Outcome;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.ending.UsageException;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.scores.AskedScores;
import io.paritree.spark.settings.AuditArguments;
import io.paritree.spark.settings.ProveArguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * {@code scripts/parity}: proves published scores ({@code audit}), and that all ways to score give
 * the same bits ({@code prove}).
 *
 * <p>Exit codes: 0 nothing differs; 1 anything else; 2 wrong usage; 3 input or output refused, or
 * something is not proved or tried that was asked for; 6 model refused; 7 something differs.
 */
public final class ParityMain {
  private ParityMain() {}

  /**
   * How the command has ended.
   *
   * @param reason empty if it succeeded
   */
  record Ended(int exitCode, String reason) {
    static final int DIFFERS = 7;

    Ended(ScoreMain.Ending ending) {
      this(ending.outcome().exitCode(), ending.reason());
    }

    /** Keeps what was found. */
    @FunctionalInterface
    interface Keeping {
      void keep() throws IOException;
    }

    /**
     * Keeps what was found, and returns how the command has ended then: that it cannot be kept is
     * said, and is a reason only if there is no other.
     *
     * @param what is done, as the first words of a sentence
     */
    Ended withKept(String what, Keeping keeping, PrintStream err) {
      try {
        keeping.keep();
        return this;
      } catch (IOException | RuntimeException e) {
        Ended failed = new Ended(ScoreMain.failed(what, e, err));
        return exitCode == Outcome.CHECKED.exitCode() ? failed : this;
      }
    }
  }

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    Ended ended;
    try (SparkOnDemand spark = SparkOnDemand.notStarted(ParityMain.class, "paritree parity")) {
      ended = run(spark, System.out, System.err, arguments);
    }

    ScoreMain.exit(ended.exitCode(), ended.reason());
  }

  /** Runs a command line and returns how it ended. */
  static Ended run(SparkOnDemand spark, PrintStream out, PrintStream err, String... arguments) {
    return arguments.length > 0 && arguments[0].equals(ProveArguments.COMMAND)
        ? ProveCommand.run(spark, out, err, Arrays.copyOfRange(arguments, 1, arguments.length))
        : audit(spark, out, err, arguments);
  }

  private static Ended audit(
      SparkOnDemand spark, PrintStream out, PrintStream err, String... arguments) {
    Optional<AuditArguments> given;
    try {
      given = AuditArguments.parse(arguments);
    } catch (UsageException e) {
      err.println(e.getMessage());
      err.println("Try: parity audit --help");
      return new Ended(e.outcome().exitCode(), e.getMessage());
    }

    if (given.isEmpty()) {
      out.print(AuditArguments.usage());
      return new Ended(Outcome.CHECKED.exitCode(), "");
    }

    try {
      return audit(given.get(), spark, out, err);
    } catch (Throwable e) { // also Spark's undeclared exceptions, and errors
      return new Ended(ScoreMain.failed("The audit", e, err));
    }
  }

  private static Ended audit(
      AuditArguments given, SparkOnDemand spark, PrintStream out, PrintStream err)
      throws IOException, RefusedException, ModelException {
    JobSession.refuseClearText(spark, "scripts/parity audit");
    AskedScores asked = given.query().published();
    Optional<OutputPlace> place = Optional.empty();
    if (!asked.output().isEmpty()) {
      place = Optional.of(asked.place(asked.output(), spark.hadoopSettings()));
    }

    SparkSession session = JobSession.of(spark.session(), asked.keys().size());
    Audit audit = Audit.of(session, given.query(), place);
    byte[] json = audit.json();
    out.print(given.isJson() ? new String(json, StandardCharsets.UTF_8) : audit.text());
    Ended ended = ended(audit, given, err);
    if (given.isKept()) {
      ended = ended.withKept("Keeping the evidence", audit::keep, err);
    }

    if (!given.json().isEmpty()) {
      ended =
          ended.withKept(
              "Writing the evidence", () -> Files.write(Path.of(given.json()), json), err);
    }

    return ended;
  }

  private static Ended ended(Audit audit, AuditArguments given, PrintStream err) {
    if (!audit.differing().isEmpty()) {
      return ended(Ended.DIFFERS, "Differs: " + String.join(", ", audit.differing()), err);
    } else if (given.isStrict() && !audit.unproved().isEmpty()) {
      return ended(
          Outcome.REFUSED.exitCode(), "Not proved: " + String.join(", ", audit.unproved()), err);
    }

    return new Ended(Outcome.CHECKED.exitCode(), "");
  }

  static Ended ended(int exitCode, String reason, PrintStream err) {
    err.println(reason);
    return new Ended(exitCode, reason);
  }
}
