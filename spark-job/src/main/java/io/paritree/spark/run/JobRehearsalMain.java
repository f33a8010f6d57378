package io.paritree.spark.run;

import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores a few rows of CSV, and then the rows that it has published, whose score and margin are the
 * features of the model. The archive of loaded classes that {@code scripts/score} starts with is
 * made from such a run.
 */
public final class JobRehearsalMain {
  private JobRehearsalMain() {}

  /**
   * Exit code: 0, or that of the first run that fails.
   *
   * @param arguments the directory of {@code model.json} and {@code rows.csv}
   */
  public static void main(String[] arguments) throws IOException {
    Path given = Path.of(arguments[0]);
    Path written = Files.createTempDirectory("rehearsal"); // which the script removes
    Path model = given.resolve("model.json");
    Path first = written.resolve("first");
    run(model, given.resolve("rows.csv"), first, "--input-format", "csv", "--margin");
    run(model, first, written.resolve("second"), "--lookup-index");
    System.exit(0);
  }

  private static void run(Path model, Path input, Path output, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--model", model.toString(), "--input", input.toString()));
    arguments.addAll(List.of("--output", output.toString(), "--keys", "loan_id"));
    arguments.addAll(List.of("--max-quarantined", "1"));
    arguments.addAll(List.of(more));
    int exitCode =
        ScoreMain.run(StepObserver.NONE, System.out, System.err, arguments.toArray(String[]::new));
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }
}
