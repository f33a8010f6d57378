package io.paritree.model.command;

import io.paritree.comparison.Comparison;
import io.paritree.comparison.DataComparison;
import io.paritree.comparison.Face;
import io.paritree.comparison.ModelPair;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.rows.InputException;
import io.paritree.model.rows.RowPass;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code model diff}: what another model would change in place of one that acts. */
@Command(
    name = "diff",
    description = {
      "Says what the model CHALLENGER would change in place of the model CHAMPION: what is read and"
          + " answered, what the models are made of and, with --input, what both make of the rows"
          + " of a CSV file, in one pass.",
      "Exits with 7 if the challenger is no drop-in: something that works would break."
    })
final class DiffCommand implements Callable<Integer> {
  private static final String MODEL =
      "A package, STORE/NAME, STORE/NAME@ALIAS, a model file or an MLflow directory.";

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "CHAMPION",
      description = "The model that acts, in any form that CHALLENGER may have.")
  private String champion;

  @Parameters(index = "1", paramLabel = "CHALLENGER", description = MODEL)
  private String challenger;

  @Option(
      names = "--input",
      paramLabel = "FILE.csv",
      description = "Rows with a header, with the columns of both models.")
  private String input;

  @Option(
      names = "--keys",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "The columns that name a row among those that move most (default: its line in the file).")
  private List<String> keys = List.of();

  @Option(
      names = "--by",
      paramLabel = "COLUMN",
      description =
          "Also compare the rows of each value of this column: of at most 50, the first in the order"
              + " of their texts.")
  private String by = "";

  @Option(
      names = "--top",
      defaultValue = "20",
      paramLabel = "N",
      description = "How many of the rows that move most are shown (default: 20).")
  private int top;

  @Option(
      names = "--face",
      paramLabel = "tables|http|both",
      defaultValue = "both",
      description =
          "Where the model is used: tables, http or both (default: both). Only what breaks there"
              + " keeps it from being a drop-in.")
  private Faces faces;

  @Mixin private OutputFormat format;

  enum Faces {
    TABLES(EnumSet.of(Face.TABLES)),
    HTTP(EnumSet.of(Face.HTTP)),
    BOTH(EnumSet.allOf(Face.class));

    private final Set<Face> all;

    Faces(Set<Face> all) {
      this.all = all;
    }
  }

  @Override
  public Integer call() throws Exception {
    if (input == null && !(keys.isEmpty() && by.isEmpty())) {
      throw usage("Cannot use --keys or --by without --input: there are no rows");
    }

    if (new HashSet<>(keys).size() < keys.size()) {
      throw usage("Invalid --keys: got %s, expected each column once".formatted(keys));
    }

    if (top < 0 || top > RowPass.MOST_MOVED) {
      throw usage("Invalid --top: got %s, expected 0 to %s".formatted(top, RowPass.MOST_MOVED));
    }

    Instant startedAt = Instant.now();
    ModelPair models =
        new ModelPair(
            Opening.open(champion, EngineKind.FOREST), Opening.open(challenger, EngineKind.FOREST));
    Optional<DataComparison> rows =
        input == null
            ? Optional.empty()
            : Optional.of(new RowPass(input, keys, by, top).compare(models));
    if (rows.isPresent() && !rows.get().hasRows()) {
      throw new InputException(
          "Cannot compare %s and %s on %s: neither scores any of its %s rows%s"
              .formatted(
                  models.champion().modelVersion(),
                  models.challenger().modelVersion(),
                  input,
                  rows.get().whole().neither(),
                  rows.get().whole().neither() == 0 ? "" : "; predict says why"));
    }

    Comparison compared = models.comparison(Comparison.DIFF, rows, startedAt, Instant.now());
    format.printDocument(
        () -> new ShownComparison(compared, faces.all).text(),
        () -> new String(compared.toJson(), StandardCharsets.UTF_8));
    return compared.isDropIn(faces.all) ? ModelMain.OK : ModelMain.DIFFERS;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
