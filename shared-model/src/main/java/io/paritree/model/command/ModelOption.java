package io.paritree.model.command;

import picocli.CommandLine.Option;

/** The option {@code --model} of the commands that open a model. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A package, STORE/NAME, STORE/NAME@ALIAS, a model file or an MLflow directory.")
  private String reference;

  String reference() {
    return reference;
  }
}
