package io.paritree.spark.run;

import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.UsageException;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.ScoreArguments;
import io.paritree.store.Location;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A command line that was run in the tests' Spark.
 *
 * @param exitCode what the command would exit with
 * @param out what it printed to the standard output
 * @param err what it printed to the standard error
 */
record JobRun(int exitCode, String out, String err) {

  static JobRun of(Object... arguments) {
    return observed(StepObserver.NONE, arguments);
  }

  /** Scores {@link Parcels}, whose key is {@code parcel_id}. */
  static JobRun ofParcels(Object model, Object input, Object output, Object... more) {
    return of(
        Stream.concat(
                Stream.of(
                    "--model", model, "--input", input, "--output", output, "--keys", "parcel_id"),
                Stream.of(more))
            .toArray());
  }

  /**
   * @param usual options and their values, unless {@code more} has them
   */
  static JobRun observed(StepObserver observer, Map<String, Object> usual, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of(more));
    usual.forEach(
        (option, value) -> {
          if (Stream.of(more).noneMatch(option::equals)) {
            arguments.addAll(List.of(option, value));
          }
        });
    return observed(observer, arguments.toArray());
  }

  static JobRun observed(StepObserver observer, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(argument.toString());
    }

    int exitCode;
    try (PrintStream outPrint = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errPrint = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      Optional<JobSettings> settings =
          ScoreArguments.parse(Clock.systemUTC(), texts.toArray(String[]::new));
      exitCode =
          ScoreMain.score(
                  settings.orElseThrow(),
                  SparkOnDemand.running(TestSpark.session()),
                  observer,
                  outPrint,
                  errPrint)
              .outcome()
              .exitCode();
    } catch (UsageException e) {
      return new JobRun(2, "", e.getMessage());
    }

    return new JobRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Measures published scores. */
  static JobRun ofOutcomes(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        OutcomesMain.run(
                SparkOnDemand.running(TestSpark.session()),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Stream.of(arguments).map(Object::toString).toArray(String[]::new))
            .outcome()
            .exitCode();
    return new JobRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Audits published scores. */
  static JobRun ofAudit(Object... arguments) {
    return ofParity(Stream.concat(Stream.of("audit"), Stream.of(arguments)).toArray());
  }

  /** Runs {@code scripts/parity}. */
  static JobRun ofParity(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        ParityMain.run(
                SparkOnDemand.running(TestSpark.session()),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Stream.of(arguments).map(Object::toString).toArray(String[]::new))
            .outcome()
            .exitCode();
    return new JobRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Recovers an output. */
  static JobRun recovery(Location output, List<Object> more) {
    List<String> texts = new ArrayList<>(List.of("--recover", "--output", output.toString()));
    more.forEach(argument -> texts.add(argument.toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PrintStream outPrint = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errPrint = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      int exitCode =
          ScoreMain.run(StepObserver.NONE, outPrint, errPrint, texts.toArray(String[]::new));
      return new JobRun(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
  }
}
