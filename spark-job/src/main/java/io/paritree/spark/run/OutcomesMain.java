package io.paritree.spark.run;

import io.paritree.output.StateDirectory;
import io.paritree.output.StoredOutcomes;
import io.paritree.rule.RuleException;
import io.paritree.spark.insight.outcomes.Outcomes;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.settings.OutcomeArguments;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;

/**
 * {@code scripts/outcomes}: joins labels to published scores, and says how good they were.
 *
 * <p>Exit codes: 0 measured; 1 anything else; 2 wrong usage; 3 scores or labels refused; 6 model
 * refused; 8 a rule does not hold. The report is written with 0 and 8.
 */
public final class OutcomesMain {
  private static final int MIN_TASKS = 8;
  private static final int TASKS_PER_CORE = 2;

  private OutcomesMain() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    Ending ending;
    try (SparkOnDemand spark = SparkOnDemand.notStarted(OutcomesMain.class, "paritree outcomes")) {
      ending = run(spark, System.out, System.err, arguments);
    }

    ScoreMain.exit(ending);
  }

  /** Runs a command line and returns how it ended. */
  static Ending run(SparkOnDemand spark, PrintStream out, PrintStream err, String... arguments) {
    return Ending.of(
        OutcomeArguments.COMMAND,
        "Measuring",
        out,
        err,
        given -> measure(given, spark, out, err),
        arguments);
  }

  private static Ending measure(
      OutcomeArguments given, SparkOnDemand spark, PrintStream out, PrintStream err)
      throws IOException, JobException, RuleException, AnalysisException {
    JobSession.refuseClearText(spark, "scripts/outcomes");
    Optional<OutputPlace> place = Optional.empty();
    if (!given.directory().isEmpty()) {
      place =
          Optional.of(given.query().published().place(given.directory(), spark.hadoopSettings()));
    }

    SparkSession session = JobSession.of(spark.session(), given.query().keys().size());
    int tasks = Math.max(MIN_TASKS, TASKS_PER_CORE * session.sparkContext().defaultParallelism());
    session
        .conf()
        .set("spark.sql.shuffle.partitions", String.valueOf(tasks)); // each is read in turn
    // What is kept is read twice, and nearly all values differ.
    session.conf().set("spark.sql.inMemoryColumnarStorage.compressed", "false");
    boolean isTable = !given.query().published().table().isEmpty();
    Outcomes outcomes = Outcomes.of(session, given.query(), isTable ? Optional.empty() : place);
    out.print(outcomes.text());
    Ending ending = ending(outcomes, err);
    Optional<OutputPlace> where = place.or(outcomes::place);
    ending = ending.withKept("Keeping the report", () -> store(outcomes, where, out), err);
    return given.json().isEmpty()
        ? ending
        : ending.withKept(
            "Writing the report", () -> Files.write(Path.of(given.json()), outcomes.json()), err);
  }

  private static Ending ending(Outcomes outcomes, PrintStream err) {
    return outcomes.unmet().isEmpty()
        ? Ending.SUCCESS
        : Ending.printed(Outcome.HELD, "Not met: " + String.join("; ", outcomes.unmet()), err);
  }

  private static void store(Outcomes outcomes, Optional<OutputPlace> place, PrintStream out)
      throws IOException {
    if (place.isEmpty()) {
      out.println(
          "  report  not stored: the catalog does not say where the table is; --json writes it");
    } else {
      String asOf = outcomes.asOf().map(LocalDate::toString).orElse(StoredOutcomes.UNDATED);
      Location directory = StateDirectory.outcomes(place.get().state());
      Location file = directory.resolve(StoredOutcomes.file(asOf));
      place.get().store().replace(file, outcomes.json());
      out.println("  report  " + file);
    }
  }
}
