package io.paritree.spark;

import io.paritree.ModelException;
import io.paritree.spark.ending.JobException;
import io.paritree.spark.ending.Outcome;
import io.paritree.spark.ending.UsageException;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.Recovery;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.OpenMetrics;
import io.paritree.spark.report.SummaryTable;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.Mode;
import io.paritree.spark.settings.ScoreArguments;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code scripts/score}: scores the rows of a directory with one model and publishes the scores.
 *
 * <p>Exit codes, for schedulers: 0 published, now or before; 1 anything else; 2 wrong usage; 3
 * input or output refused; 4 too many rows quarantined; 5 another run has published one of this
 * run's partitions with another identity since this run started; 6 model refused. After any code
 * other than 0, readers see what they saw before the run, except for groups that the run had
 * already published.
 *
 * <p>In a cluster-mode driver, a failure throws an exception and a success returns, because there a
 * call of {@code System.exit} counts as a failed attempt.
 */
public final class ScoreMain {
  private ScoreMain() {}

  public static void main(String[] arguments) {
    int exitCode = run(StepObserver.NONE, System.out, System.err, arguments);
    if (isClusterMode()) {
      if (exitCode != 0) {
        throw new IllegalStateException("Scoring ended with exit code %s".formatted(exitCode));
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
    Optional<JobSettings> settings;
    try {
      settings = ScoreArguments.parse(Clock.systemUTC(), arguments);
    } catch (UsageException e) {
      err.println(e.getMessage());
      err.println("Try: score --help");
      return e.outcome().exitCode();
    }

    if (settings.isEmpty()) {
      out.print(ScoreArguments.usage());
      return 0;
    }

    try {
      return switch (settings.get().mode()) {
        case STATUS -> status(settings.get(), out);
        case RECOVER -> recover(settings.get(), out);
        default -> {
          try (SparkOnDemand spark = SparkOnDemand.notStarted()) {
            if (isClusterMode()) {
              // In cluster mode, a driver that ends without having started Spark has failed.
              spark.session();
            }

            yield score(settings.get(), spark, observer, out, err);
          }
        }
      };
    } catch (IOException | RuntimeException e) {
      return failed(e, err);
    }
  }

  /** Scores with Spark, which the caller closes. */
  static int score(
      JobSettings settings,
      SparkOnDemand spark,
      StepObserver observer,
      PrintStream out,
      PrintStream err) {
    ScoringJob job = new ScoringJob(settings, spark, observer, err, Clock.systemUTC());
    Optional<JobReport> published = Optional.empty();
    int exitCode;
    try {
      published = Optional.of(job.run());
      exitCode = published.get().exitCode();
    } catch (JobException e) {
      err.println(e.getMessage());
      exitCode = e.outcome().exitCode();
    } catch (ModelException e) {
      err.println("Model refused: " + e.getMessage());
      exitCode = Outcome.MODEL_REFUSED.exitCode();
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      exitCode = failed(e, err);
    }

    Optional<JobReport> report = published.or(job::failure);
    report.ifPresent(any -> out.print(SummaryTable.of(any)));
    writeMetrics(settings, exitCode, report, err);
    return exitCode;
  }

  /**
   * Writes the metrics file if one is configured and this is not a dry run. A failure is printed
   * and does not change the exit code.
   */
  private static void writeMetrics(
      JobSettings settings, int exitCode, Optional<JobReport> report, PrintStream err) {
    if (settings.metricsFile().isEmpty() || settings.mode() == Mode.DRY_RUN) {
      return;
    }

    Location file = Location.of(settings.metricsFile());
    double now = Clock.systemUTC().millis() / 1000.0;
    String metrics = OpenMetrics.of(settings.output(), exitCode, now, report);
    try {
      FileStore.of(file).replace(file, metrics.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      err.println("Cannot write metrics to %s: %s".formatted(file, e));
    }
  }

  private static int failed(Exception reason, PrintStream err) {
    Set<String> messages = new LinkedHashSet<>();
    for (Throwable cause = reason; cause != null && messages.size() < 5; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      messages.add("%s: %s".formatted(cause.getClass().getSimpleName(), message));
    }

    err.println("Scoring failed: " + String.join("\n  because of ", messages));
    reason.printStackTrace(err);
    return Outcome.FAILED.exitCode();
  }

  private static OutputPlace place(JobSettings settings) throws IOException {
    return OutputPlace.of(settings.output(), SparkOnDemand.notStarted().hadoopSettings());
  }

  private static int recover(JobSettings settings, PrintStream out) throws IOException {
    List<String> found = new Recovery(place(settings), settings.locks()).recover();
    found.forEach(out::println);
    if (found.isEmpty()) {
      out.println("Nothing to recover.");
    }

    return 0;
  }

  private static int status(JobSettings settings, PrintStream out) throws IOException {
    out.print(JobStatus.of(place(settings)));
    return 0;
  }
}
