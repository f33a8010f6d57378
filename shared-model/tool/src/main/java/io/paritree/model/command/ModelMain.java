package io.paritree.model.command;

import io.paritree.model.seal.Libraries;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code scripts/model}: drafts, seals, shows, verifies and applies models.
 *
 * <p>Results go to the standard output, everything else to the standard error.
 */
@Command(
    name = "model",
    description = "Drafts, seals, shows, verifies and applies models.",
    versionProvider = ModelMain.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      ModelMain.OK + ":done",
      ModelMain.USAGE + ":wrong usage",
      ModelMain.INPUT_REFUSED + ":input refused",
      ModelMain.MODEL_REFUSED + ":model refused",
      ModelMain.DIFFERS + ":diff: the challenger is no drop-in",
      ModelMain.NOT_MET + ":promote: a requirement is not met; alias: it moves with evidence only",
      ModelMain.FAILED + ":anything else"
    },
    subcommands = {
      SchemaCommand.class,
      SealCommand.class,
      InspectCommand.class,
      VerifyCommand.class,
      PredictCommand.class,
      ExplainCommand.class,
      ImportanceCommand.class,
      DiffCommand.class,
      PromoteCommand.class,
      AliasCommand.class,
      ListCommand.class
    })
public final class ModelMain extends MainCommand {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int INPUT_REFUSED = 3;
  static final int MODEL_REFUSED = 6;
  static final int DIFFERS = 7;
  static final int NOT_MET = 8;

  @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
  private boolean version;

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"Paritree " + Libraries.paritree()};
    }
  }

  private ModelMain() {}

  public static void main(String[] args) {
    int exitCode = new ModelMain().execute(args);
    if (exitCode != OK) {
      System.exit(exitCode);
    }
  }

  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return new ModelMain().execute(out, err, args);
  }
}
