package io.paritree.model.command;

import io.paritree.Fault;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.json.JsonText;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.FaultSummary;
import io.paritree.reasons.Importance;
import io.paritree.reasons.Reasons;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code model importance}: how much each field moves the margins of the rows of a CSV file. */
@Command(
    name = "importance",
    description = {
      "Says how much each field moves the scores of the rows of a CSV file: the mean of its absolute"
          + " contributions to the margin, added up over the outputs; the largest first.",
      "Rows that cannot be scored are left out and counted. Exits with 3 if no row could be scored."
    })
final class ImportanceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOption model;

  @Mixin private UnsealedOptions unsealed;

  @Option(
      names = "--rows",
      required = true,
      paramLabel = "FILE.csv",
      description = "The rows, with a header.")
  private String input;

  @Mixin private OutputFormat format;

  @Override
  public Integer call() throws Exception {
    ScoringModel opened = unsealed.open(ModelFiles.streamed(model.reference()), EngineKind.FOREST);
    Reasons reasons = Reasons.of(opened, ContributionMode.FAST);
    Importance importance = new Importance(reasons);
    FaultSummary refused = new FaultSummary();
    try (CsvRows rows = CsvRows.open(input, opened.schema(), opened.engine(), List.of())) {
      for (int count = rows.next(); count > 0; count = rows.next()) {
        importance.add(rows.slots(), count, row -> refused.addIfRefused(rows, row));
      }
    }

    refused.firstRows().forEach(spec.commandLine().getErr()::println);
    if (importance.rows() == 0) {
      spec.commandLine().getErr().println("No row of %s could be scored".formatted(input));
      return ModelMain.INPUT_REFUSED;
    }

    print(opened, importance.means(), refused.rows());
    return ModelMain.OK;
  }

  private void print(ScoringModel opened, FieldImportance importance, long refusedRows) {
    format.print(
        () ->
            "%s, %s rows, %s refused%n"
                    .formatted(opened.modelVersion(), importance.rows(), refusedRows)
                + importance.means().entrySet().stream()
                    .map(
                        field ->
                            String.format(
                                Locale.ROOT,
                                "%12.6f %s%n",
                                field.getValue(),
                                Fault.printable(field.getKey())))
                    .collect(Collectors.joining()),
        out -> {
          out.writeStringField("model_version", opened.modelVersion());
          out.writeNumberField("rows", importance.rows());
          out.writeNumberField("rows_refused", refusedRows);
          JsonText.objects(
              out,
              "fields",
              importance.means().entrySet(),
              field -> {
                out.writeStringField("field", field.getKey());
                out.writeNumberField("mean_contribution", field.getValue());
              });
        });
  }
}
