package io.paritree.spark.run;

import io.paritree.ModelException;
import io.paritree.output.StateDirectory;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.insight.proof.QueryScoring;
import io.paritree.spark.insight.proof.SparkForm;
import io.paritree.spark.insight.proof.TableScoring;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.JobException;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.score.Quarantine;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.ScoreArguments;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Scores files and tables by runs of the job, from its command line to what it publishes, and by
 * queries.
 *
 * @param model where it is
 */
record JobScoring(String model) implements TableScoring {

  @Override
  public List<Dataset<Row>> scored(SparkSession session, SparkForm form, String path)
      throws ModelException, JobException, IOException {
    return switch (form) {
      case JOB_PARQUET -> byJob(session, form, List.of("--input", path), path);
      case JOB_DELTA -> byJob(session, form, List.of("--input-table", path), path);
      case SQL, DATASET -> List.of(new QueryScoring(model).scored(session, form, path));
    };
  }

  private List<Dataset<Row>> byJob(
      SparkSession session, SparkForm form, List<String> input, String path)
      throws JobException, IOException {
    Location output = Location.of(path).parent().resolve(form.word());
    run(session, input, output, List.of());
    List<Dataset<Row>> results = new ArrayList<>();
    FileStore store = FileStore.of(output, HadoopPaths.settingsByName(session));
    if (hasFiles(store, output)) {
      results.add(session.read().parquet(HadoopPaths.pattern(output)));
    }

    Location runs = StateDirectory.runs(StateDirectory.of(output));
    for (FileEntry run : store.list(runs)) {
      Location quarantine = run.location().resolve(StateDirectory.QUARANTINE);
      if (store.find(quarantine).isPresent()) {
        results.add(
            session
                .read()
                .parquet(HadoopPaths.pattern(quarantine))
                .select(functions.col(KEY), functions.col(Quarantine.FAULTS).as(FAULTS)));
      }
    }

    return results;
  }

  @Override
  public String published(SparkSession session, String path, Location output) throws JobException {
    String run = "parity-" + UUID.randomUUID();
    run(session, List.of("--input", path), output, List.of("--lookup-index", "--run-id", run));
    return run;
  }

  private void run(SparkSession session, List<String> input, Location output, List<String> more)
      throws JobException {
    List<String> arguments = new ArrayList<>(input);
    arguments.addAll(
        List.of(
            "--model",
            model,
            "--output",
            HadoopPaths.text(output),
            "--keys",
            KEY,
            "--margin",
            "--accept-non-atomic", // nobody else reads it, and the server waits for the run
            "--max-quarantined",
            "1"));
    arguments.addAll(more);
    JobSettings settings =
        ScoreArguments.parse(Clock.systemUTC(), arguments.toArray(String[]::new)).orElseThrow();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Ending ending =
        ScoreMain.score(settings, SparkOnDemand.running(session), StepObserver.NONE, print, print);
    if (ending.outcome().exitCode() != 0) {
      throw new RefusedException(
          "Cannot try the job: it ended with exit code %s: %s"
              .formatted(
                  ending.outcome().exitCode(),
                  ending.reason().lines().map(String::strip).collect(Collectors.joining(" "))));
    }
  }

  private static boolean hasFiles(FileStore store, Location output) throws IOException {
    return store.find(output).isPresent()
        && store.list(output).stream()
            .anyMatch(file -> file.location().name().endsWith(".parquet"));
  }
}
