package io.paritree.model.command;

import io.paritree.model.Assumptions;
import io.paritree.model.CardWriter;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "inspect", description = "Opens a model and describes it.")
final class InspectCommand implements Callable<Integer> {
  @Mixin private ModelOption model;

  @Mixin private OutputFormat format;

  @Override
  public Integer call() throws Exception {
    // Assumed only to describe the model; the card says that the values are unknown.
    Assumptions assumptions = new Assumptions(true, List.of(), Optional.empty());
    ScoringModel opened =
        Opening.open(ModelFiles.streamed(model.reference()), EngineKind.FOREST, assumptions);
    format.print(() -> CardWriter.toText(opened), out -> CardWriter.members(out, opened));
    return ModelMain.OK;
  }
}
