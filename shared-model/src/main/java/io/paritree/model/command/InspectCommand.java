package io.paritree.model.command;

import io.paritree.model.Assumptions;
import io.paritree.model.CardWriter;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code model inspect}: opens a model and describes it. */
@Command(name = "inspect", description = "Opens a model and describes it.")
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A package, STORE/NAME, STORE/NAME@ALIAS, a model file or an MLflow directory.")
  private String model;

  @Option(names = "--format", defaultValue = "text", description = "text or json (default: text).")
  private OutputFormat format;

  @Override
  public Integer call() throws Exception {
    // Assumed only to describe the model; the card says that the values are unknown.
    Assumptions assumptions = new Assumptions(true, Optional.empty());
    ScoringModel opened = Opening.open(ModelFiles.streamed(model), EngineKind.FOREST, assumptions);
    String text =
        switch (format) {
          case JSON -> new String(CardWriter.toJson(opened), StandardCharsets.UTF_8);
          case TEXT -> CardWriter.toText(opened);
        };
    spec.commandLine().getOut().print(text);
    return ModelMain.OK;
  }
}
