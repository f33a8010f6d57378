package io.paritree.model.command;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the usual commands on a small model. The archive of loaded classes that {@code
 * scripts/model} starts with is made from such a run.
 */
final class ModelRehearsalMain {
  private ModelRehearsalMain() {}

  /**
   * Exit code: 0, or the first one of a command that is not 0.
   *
   * @param arguments the directory of {@code model.json} and {@code rows.csv}
   */
  public static void main(String[] arguments) throws IOException {
    Path given = Path.of(arguments[0]);
    Path written = Files.createTempDirectory("rehearsal"); // which the script removes
    String model = given.resolve("model.json").toString();
    String rows = given.resolve("rows.csv").toString();
    String sealed = written.resolve("sealed").toString();
    Path record = written.resolve("record.json");
    Files.writeString(record, "{\"score\": 0.5, \"margin\": 0.1}");
    run("schema", "--model", model, "--rows", rows);
    run("seal", "--model", model, "--name", "rehearsal", "--rows", rows, "--output", sealed);
    run("inspect", "--model", sealed);
    run("verify", "--model", sealed, "--rows", rows);
    run("explain", "--model", sealed, "--record", record.toString());
    String scores = written.resolve("scores.csv").toString();
    run("predict", "--model", sealed, "--input", rows, "--output", scores);
  }

  private static void run(String... arguments) {
    PrintWriter nowhere =
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    int exitCode = ModelMain.run(nowhere, nowhere, arguments);
    if (exitCode != ModelMain.OK) {
      System.exit(exitCode);
    }
  }
}
