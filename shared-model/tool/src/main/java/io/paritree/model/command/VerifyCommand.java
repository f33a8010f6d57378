package io.paritree.model.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.forest.Engine;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.EngineComparison;
import io.paritree.model.rows.FaultSummary;
import io.paritree.model.rows.InputException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code model verify}: opens a model, and compares the engines on rows. */
@Command(
    name = "verify",
    description = {
      "Opens a model, which verifies its digests, its schema and its golden rows with their contributions.",
      "With --rows, also compares the forest engine with libxgboost, bit by bit."
    })
final class VerifyCommand implements Callable<Integer> {
  @Mixin private ModelOption model;

  @Mixin private UnsealedOptions unsealed;

  @Option(
      names = "--rows",
      paramLabel = "FILE.csv",
      description = "Rows with a header to compare the engines on.")
  private String rows;

  @Mixin private OutputFormat format;

  @Override
  public Integer call() throws Exception {
    ModelFiles files = ModelFiles.read(model.reference());
    ScoringModel opened = unsealed.open(files, EngineKind.FOREST);
    long compared = 0;
    FaultSummary refused = new FaultSummary();
    if (rows != null) {
      Engine reference = unsealed.reopen(files, EngineKind.XGBOOST).engine();
      EngineComparison comparison = new EngineComparison(opened.engine(), reference);
      try (CsvRows csv = CsvRows.open(rows, opened.schema(), opened.engine(), List.of())) {
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

    long agreeing = compared - refused.rows();
    format.print(
        () -> text(opened, files, agreeing, refused.rows()),
        out -> write(out, opened, agreeing, refused.rows()));
    return ModelMain.OK;
  }

  private String text(ScoringModel opened, ModelFiles files, long compared, long refused) {
    int golden = opened.card().goldenContributions();
    String explained = golden == 0 ? "" : " (%s of them with contributions)".formatted(golden);
    return "%s in %s is valid%s%s%n"
        .formatted(
            opened.modelVersion(),
            files.origin(),
            opened.sealed()
                ? " and its golden rows were reproduced" + explained
                : "; it is not sealed",
            rows == null
                ? ""
                : "; the forest engine and libxgboost agree on %s rows bit by bit (%s refused)"
                    .formatted(compared, refused));
  }

  private static void write(JsonGenerator out, ScoringModel opened, long compared, long refused)
      throws IOException {
    out.writeStringField("model_version", opened.modelVersion());
    out.writeStringField("digest", opened.digest());
    out.writeBooleanField("sealed", opened.sealed());
    out.writeNumberField("golden_contributions", opened.card().goldenContributions());
    out.writeNumberField("rows_compared", compared);
    out.writeNumberField("rows_refused", refused);
  }
}
