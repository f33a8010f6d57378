package io.paritree.model.command;

import java.io.PrintWriter;
import picocli.CommandLine.Command;

/**
 * The command {@code scripts/parity replay}, which needs no Spark: {@code scripts/parity} starts it
 * in place of the job's.
 *
 * <p>Results go to the standard output, everything else to the standard error.
 */
@Command(
    name = "parity",
    description = "Proves what was answered.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ReplayCommand.class)
public final class ReplayMain extends MainCommand {
  private ReplayMain() {}

  public static void main(String[] args) {
    int exitCode = new ReplayMain().execute(args);
    if (exitCode != ModelMain.OK) {
      System.exit(exitCode);
    }
  }

  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return new ReplayMain().execute(out, err, args);
  }
}
