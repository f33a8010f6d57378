package io.paritree.model.command;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

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
public final class ReplayMain implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "On an error, also print the stack trace.")
  private boolean debug;

  private ReplayMain() {}

  public static void main(String[] args) {
    int exitCode = CommandRun.run(ReplayMain::run, args);
    if (exitCode != ModelMain.OK) {
      System.exit(exitCode);
    }
  }

  public static int run(PrintWriter out, PrintWriter err, String... args) {
    ReplayMain main = new ReplayMain();
    return new CommandRun(main, () -> main.debug).run(out, err, args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
