package io.paritree.spark.run;

import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.spark.insight.audit.Audit;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.settings.AuditArguments;
import io.paritree.spark.settings.ProveArguments;
import io.paritree.spark.tables.formats.AskedScores;
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

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    Ending ending;
    try (SparkOnDemand spark = SparkOnDemand.notStarted(ParityMain.class, "paritree parity")) {
      ending = run(spark, System.out, System.err, arguments);
    }

    ScoreMain.exit(ending);
  }

  /** Runs a command line, whose first word is the command, and returns how it ended. */
  static Ending run(SparkOnDemand spark, PrintStream out, PrintStream err, String... arguments) {
    String command = arguments.length == 0 ? "" : arguments[0];
    String[] rest = Arrays.copyOfRange(arguments, Math.min(1, arguments.length), arguments.length);
    return switch (command) {
      case "prove" ->
          Ending.of(
              ProveArguments.COMMAND,
              "The proof",
              out,
              err,
              given -> ProveCommand.prove(given, spark, out, err),
              rest);
      case "audit" ->
          Ending.of(
              AuditArguments.COMMAND,
              "The audit",
              out,
              err,
              given -> audit(given, spark, out, err),
              rest);
      case "-h", "--help" -> {
        out.print(AuditArguments.COMMAND.usage());
        yield Ending.SUCCESS;
      }
      default -> {
        err.println("Try: parity audit --help");
        yield Ending.printed(
            Outcome.WRONG_USAGE,
            "Cannot run this: the first word is %s, and must be audit or prove, or replay for scripts/parity"
                .formatted(command.isEmpty() ? "missing" : "'" + Fault.printable(command) + "'"),
            err);
      }
    };
  }

  private static Ending audit(
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
    Ending ending = ending(audit, given, err);
    if (given.isKept()) {
      ending = ending.withKept("Keeping the evidence", audit::keep, err);
    }

    if (!given.json().isEmpty()) {
      ending =
          ending.withKept(
              "Writing the evidence", () -> Files.write(Path.of(given.json()), json), err);
    }

    return ending;
  }

  private static Ending ending(Audit audit, AuditArguments given, PrintStream err) {
    if (!audit.differing().isEmpty()) {
      return Ending.printed(
          Outcome.DIFFERS, "Differs: " + String.join(", ", audit.differing()), err);
    } else if (given.isStrict() && !audit.unproved().isEmpty()) {
      return Ending.printed(
          Outcome.REFUSED, "Not proved: " + String.join(", ", audit.unproved()), err);
    }

    return Ending.SUCCESS;
  }
}
