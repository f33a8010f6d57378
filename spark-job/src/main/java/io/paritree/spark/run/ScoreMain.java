package io.paritree.spark.run;

import io.paritree.ModelException;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.Recovery;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.Outcome;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.report.SummaryTable;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.ScoreArguments;
import io.paritree.spark.tables.formats.AskedFormat;
import io.paritree.store.Location;
import io.paritree.store.NoSuchStoreException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * {@code scripts/score}: scores the rows of a directory or a table with one model and publishes the
 * scores; recovers an output, or shows its last run.
 *
 * <p>Exit codes, for schedulers: 0 published, now or before; 1 anything else; 2 wrong usage; 3
 * input or output refused; 4 partitions are held, for too many quarantined rows; 5 another run has
 * published one of this run's partitions with another identity since this run started; 6 model
 * refused; 8 partitions are held by rules about drift. After any code other than 0, readers see
 * what they saw before the run, except for groups that the run had already published and, after 4
 * and 8, partitions that are not held.
 *
 * <p>Every run that starts leaves a record with its code and reason in the output's state, if that
 * can be written; {@code --status --run-id} shows it, and ends with its code.
 *
 * <p>In a cluster-mode driver, a failure throws an exception and a success returns, because there a
 * call of {@code System.exit} counts as a failed attempt.
 */
public final class ScoreMain {
  private ScoreMain() {}

  public static void main(String[] arguments) {
    // Delta writes the numbers of versions into the names of files as the default locale does.
    Locale.setDefault(Locale.ROOT);
    exit(end(StepObserver.NONE, System.out, System.err, arguments));
  }

  /** Ends the process, or in a cluster-mode driver its main method. */
  static void exit(Ending ending) {
    int exitCode = ending.outcome().exitCode();
    if (isClusterMode()) {
      if (exitCode != 0) {
        throw new IllegalStateException(
            "The run ended with exit code %s: %s".formatted(exitCode, ending.reason()));
      }
    } else {
      System.exit(exitCode);
    }
  }

  private static boolean isClusterMode() {
    return "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  /** Runs a command line and returns its exit code; Spark is stopped at the end. */
  static int run(StepObserver observer, PrintStream out, PrintStream err, String... arguments) {
    return end(observer, out, err, arguments).outcome().exitCode();
  }

  private static Ending end(
      StepObserver observer, PrintStream out, PrintStream err, String... arguments) {
    return Ending.of(
        ScoreArguments.command(Clock.systemUTC()),
        "Scoring",
        out,
        err,
        settings ->
            switch (settings.mode()) {
              case STATUS -> status(settings, out);
              case RECOVER -> recover(settings, out);
              default -> {
                try (SparkOnDemand spark =
                    SparkOnDemand.notStarted(ScoreMain.class, "paritree score")) {
                  if (!isClusterMode()) {
                    StopSignal.bind(spark, err, () -> System.exit(Outcome.FAILED.exitCode()));
                  }

                  yield score(settings, spark, observer, out, err);
                }
              }
            },
        arguments);
  }

  /** Scores with Spark, which the caller closes. */
  static Ending score(
      JobSettings settings,
      SparkOnDemand spark,
      StepObserver observer,
      PrintStream out,
      PrintStream err) {
    ScoringJob job = new ScoringJob(settings, spark, observer, err, Clock.systemUTC());
    Reporting reporting = Reporting.begin(settings, err, Clock.systemUTC());
    Optional<JobReport> published = Optional.empty();
    Ending ending;
    try {
      if (isClusterMode()) {
        // In cluster mode, a driver that ends without having started Spark has failed.
        spark.session();
      }

      published = Optional.of(job.run());
      ending = new Ending(published.get().outcome(), published.get().message());
    } catch (Throwable e) { // also Spark's undeclared exceptions, and errors: the record says why
      Throwable why = e instanceof Exception failure ? StopSignal.reason(failure) : e;
      ending = failed("Scoring", why, err);
    }

    Optional<JobReport> shown = published.or(job::failure);
    JobReport report = shown.orElse(job.ended(ending.outcome(), ending.reason()));
    Optional<Location> record = job.keepRecord(report);
    shown.ifPresent(any -> out.print(SummaryTable.of(any)));
    reporting.end(report, shown, job.lineage(), job.quality(), record, spark.hadoopSettings());
    return ending;
  }

  /**
   * Prints why a command failed; where the reason is not known, with the stack trace.
   *
   * @param what has failed, as the first word of a sentence
   */
  static Ending failed(String what, Throwable reason, PrintStream err) {
    Ending ending = ending(reason);
    err.println(
        switch (ending.outcome()) {
          case MODEL_REFUSED -> "Model refused: " + ending.reason();
          case FAILED -> what + " failed: " + ending.reason();
          default -> ending.reason();
        });
    boolean isKnown = reason instanceof JobException || reason instanceof OutOfMemoryError;
    if (ending.outcome() == Outcome.FAILED && !isKnown) {
      reason.printStackTrace(err);
    }

    return ending;
  }

  private static Ending ending(Throwable reason) {
    if (reason instanceof JobException known) {
      return new Ending(known.outcome(), known.getMessage());
    }

    Optional<ModelException> model = modelRefused(reason);
    if (model.isPresent()) {
      return new Ending(Outcome.MODEL_REFUSED, model.get().getMessage());
    }

    if (reason instanceof NoSuchStoreException) {
      return new Ending(Outcome.REFUSED, reason.getMessage());
    }

    Optional<String> fault = AskedFormat.fault(reason);
    if (fault.isPresent()) {
      return new Ending(Outcome.REFUSED, fault.get());
    }

    if (reason instanceof OutOfMemoryError) {
      return new Ending(
          Outcome.FAILED,
          "the driver's heap of %s MB is too small; give it more (spark-submit: --driver-memory; without SPARK_HOME: PARITREE_JAVA_OPTS=-Xmx...)"
              .formatted(Runtime.getRuntime().maxMemory() >> 20));
    }

    Set<String> messages = new LinkedHashSet<>();
    for (Throwable cause = reason; cause != null && messages.size() < 5; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      messages.add("%s: %s".formatted(cause.getClass().getSimpleName(), message));
    }

    return new Ending(Outcome.FAILED, String.join("\n  because of ", messages));
  }

  /** Also by an executor, which opens the model again, in a heap that may be smaller. */
  private static Optional<ModelException> modelRefused(Throwable reason) {
    for (Throwable cause = reason; cause != null; cause = cause.getCause()) {
      if (cause instanceof ModelException refused) {
        return Optional.of(refused);
      }
    }

    return Optional.empty();
  }

  private static OutputPlace place(JobSettings settings) throws IOException {
    return OutputPlace.of(
            settings.output().directory(),
            SparkOnDemand.notStarted(ScoreMain.class, "paritree score").hadoopSettings())
        .with(settings.output().calls());
  }

  private static Ending recover(JobSettings settings, PrintStream out)
      throws RefusedException, IOException {
    List<String> found = new Recovery(place(settings), settings.output().locks()).recover();
    found.forEach(out::println);
    if (found.isEmpty()) {
      out.println("Nothing to recover.");
    }

    return Ending.SUCCESS;
  }

  private static Ending status(JobSettings settings, PrintStream out)
      throws RefusedException, IOException {
    JobStatus status = JobStatus.of(place(settings), settings.runId());
    out.print(status.text());
    return new Ending(status.outcome(), status.text().strip());
  }
}
