package io.paritree.model.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The model of the commands that open one: an argument, or the option {@code --model}. */
final class ModelOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "A package, STORE/NAME, STORE/NAME@ALIAS, a model file or an MLflow directory.")
  private String argument;

  @Option(names = "--model", paramLabel = "MODEL", description = "The same, as an option.")
  private String option;

  /**
   * Returns what the user calls the model.
   *
   * @throws ParameterException if it is given twice, or not at all
   */
  String reference() {
    if (argument == null && option == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing model: give it as an argument, or as --model=MODEL");
    }

    if (argument != null && option != null) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot use two models: got the argument '%s' and --model '%s'"
              .formatted(
                  io.paritree.Fault.printable(argument), io.paritree.Fault.printable(option)));
    }

    return argument == null ? option : argument;
  }
}
