package io.paritree.model.command;

import io.paritree.forest.Engine;
import io.paritree.json.JsonText;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.EngineComparison;
import io.paritree.model.rows.FaultSummary;
import io.paritree.model.rows.InputException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code model verify}: opens a model, and compares the engines on rows. */
@Command(
    name = "verify",
    description = {
      "Opens a model, which verifies its digests, its schema and its golden rows.",
      "With --rows, also compares the forest engine with libxgboost, bit by bit."
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A package, STORE/NAME, STORE/NAME@ALIAS, a model file or an MLflow directory.")
  private String model;

  @Mixin private UnsealedOptions unsealed;

  @Option(
      names = "--rows",
      paramLabel = "FILE.csv",
      description = "Rows with a header to compare the engines on.")
  private String rows;

  @Option(names = "--format", defaultValue = "text", description = "text or json (default: text).")
  private OutputFormat format;

  @Override
  public Integer call() throws Exception {
    ModelFiles files = ModelFiles.read(model);
    ScoringModel opened = unsealed.open(files, EngineKind.FOREST);
    long compared = 0;
    FaultSummary refused = new FaultSummary();
    if (rows != null) {
      Engine reference = unsealed.reopen(files, EngineKind.XGBOOST).engine();
      EngineComparison comparison = new EngineComparison(opened.engine(), reference);
      try (CsvRows csv =
          CsvRows.open(rows, opened.schema(), opened.engine(), java.util.List.of())) {
        for (int count = csv.next(); count > 0; count = csv.next()) {
          for (int row = 0; row < count; row++) {
            refused.addIfRefused(csv, row);
          }

          compared += count;
          comparison.add(csv, count);
        }
      }

      if (compared == refused.rows()) {
        throw new InputException(
            "Cannot verify %s on %s: the schema accepts none of its %s rows: %s"
                .formatted(files.origin(), rows, compared, refused.text()));
      }
    }

    print(opened, files, compared - refused.rows(), refused.rows());
    return ModelMain.OK;
  }

  private void print(ScoringModel opened, ModelFiles files, long compared, long refused) {
    String text =
        switch (format) {
          case JSON ->
              JsonText.text(
                  out -> {
                    out.writeStartObject();
                    out.writeStringField("model_version", opened.modelVersion());
                    out.writeStringField("digest", opened.digest());
                    out.writeBooleanField("sealed", opened.sealed());
                    out.writeNumberField("rows_compared", compared);
                    out.writeNumberField("rows_refused", refused);
                    out.writeEndObject();
                  });
          case TEXT ->
              "%s in %s is valid%s%s%n"
                  .formatted(
                      opened.modelVersion(),
                      files.origin(),
                      opened.sealed()
                          ? " and its golden rows were reproduced"
                          : "; it is not sealed",
                      rows == null
                          ? ""
                          : ("; the forest engine and libxgboost agree on %s rows bit by bit"
                                  + " (%s refused)")
                              .formatted(compared, refused));
        };
    spec.commandLine().getOut().print(text);
  }
}
