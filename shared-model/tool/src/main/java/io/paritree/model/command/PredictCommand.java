package io.paritree.model.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.feature.Sentinels;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.json.JsonText;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.CsvScoring;
import io.paritree.model.rows.FaultSummary;
import io.paritree.model.rows.InputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code model predict}: scores the rows of a CSV file and writes another. */
@Command(
    name = "predict",
    description = {
      "Scores a CSV file with a header: one line out per line in, in the same order.",
      "Columns are found by name (a model file without names reads f0, f1, ...); an empty cell is"
          + " missing, an empty line is skipped. A row that cannot be scored gets empty cells;"
          + " the standard error has the faults of the first such rows and a summary of all.",
      "Exits with 3 if no row could be scored."
    })
final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOption model;

  @Mixin private UnsealedOptions unsealed;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE.csv",
      description = "The rows, with a header.")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE.csv",
      description = "Local file to write, in one step; an existing one is replaced.")
  private Path output;

  @Option(
      names = "--engine",
      defaultValue = "forest",
      description = "forest or xgboost (default: forest).")
  private EngineKind engine;

  @Option(
      names = "--emit",
      split = ",",
      defaultValue = "margin,score",
      description =
          "What to write, in this order: margin, score, leaf, contributions (default:"
              + " margin,score). Contributions are what each feature adds to each margin, in columns"
              + " contribution_OUTPUT_0, ... in model order, with the base last.")
  private List<CsvScoring.Emit> emits;

  @Option(
      names = "--exact",
      description =
          "Contributions have the bits of XGBoost4J 3.4's predictContrib; otherwise they are within"
              + " 1e-5 * max(1, sum of the absolute contributions of the output) of them, and faster.")
  private boolean exact;

  @Option(
      names = "--strict",
      description =
          "Exit with 3 if any row could not be scored; the output is written in any case.")
  private boolean strict;

  @Option(
      names = "--format",
      defaultValue = "text",
      description =
          "text or json: the form of the counts; json goes to the standard output (default: text).")
  private OutputFormat.Form format;

  @Override
  public Integer call() throws Exception {
    if (new HashSet<>(emits).size() < emits.size()) {
      throw new ParameterException(
          spec.commandLine(), "Invalid --emit: got %s, expected each once".formatted(emits));
    }

    boolean explains = emits.contains(CsvScoring.Emit.CONTRIBUTIONS);
    if (exact && !explains) {
      throw new ParameterException(
          spec.commandLine(), "Cannot use --exact without --emit contributions");
    }

    if (explains && engine == EngineKind.XGBOOST) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot use --emit contributions with --engine xgboost; use --exact, which has its bits");
    }

    Path target = target();
    ScoringModel opened = unsealed.open(ModelFiles.streamed(model.reference()), engine);
    if (emits.equals(List.of(CsvScoring.Emit.LEAF)) && opened.engine().trees() == 0) {
      throw new InputException("Cannot write leaves: %s has no trees".formatted(model.reference()));
    }

    ContributionMode mode = exact ? ContributionMode.EXACT : ContributionMode.FAST;
    Optional<Explainer> explainer =
        explains ? Optional.of(opened.explainer(mode)) : Optional.empty();
    FaultSummary refused = new FaultSummary();
    long scored;
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try (CsvRows rows = CsvRows.open(input, opened.schema(), opened.engine(), List.of());
          BufferedWriter out = create(temporary)) {
        scored =
            new CsvScoring(opened.engine(), explainer, opened.outputs(), emits)
                .score(rows, out, refused);
      }

      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }

    printRefused(refused);
    boolean isKnown =
        opened.sealed()
            || opened.schema().features().stream()
                .anyMatch(feature -> !feature.sentinels().equals(Sentinels.NONE));
    if (!isKnown && scored > 0) {
      spec.commandLine()
          .getErr()
          .println(
              "Note: the model is not sealed, and its file does not say what its trainer took as missing; here only empty cells are missing, as NaN is for XGBoost unless it is given another \"missing\"");
    }

    printCounts(opened, scored, refused);
    boolean isRefused = refused.rows() > 0 && (strict || scored == 0);
    return isRefused ? ModelMain.INPUT_REFUSED : ModelMain.OK;
  }

  private void printRefused(FaultSummary refused) {
    PrintWriter err = spec.commandLine().getErr();
    refused.firstRows().forEach(err::println);
    long more = refused.rows() - refused.firstRows().size();
    if (more > 0) {
      err.println("... and %s more refused rows".formatted(more));
    }

    if (refused.rows() > 0) {
      err.println("Refused, by fault: " + refused.text());
    }
  }

  private void printCounts(ScoringModel opened, long scored, FaultSummary refused) {
    switch (format) {
      case TEXT ->
          spec.commandLine()
              .getErr()
              .println(
                  "Scored %s rows of %s with %s into %s; %s refused%s"
                      .formatted(
                          scored,
                          input,
                          opened.modelVersion(),
                          output,
                          refused.rows(),
                          exact ? "; contributions are exact" : ""));
      case JSON ->
          spec.commandLine()
              .getOut()
              .print(JsonText.text(JsonText.object(out -> write(out, opened, scored, refused))));
    }
  }

  private void write(JsonGenerator out, ScoringModel opened, long scored, FaultSummary refused)
      throws IOException {
    out.writeStringField("model_version", opened.modelVersion());
    out.writeStringField("digest", opened.digest());
    out.writeBooleanField("sealed", opened.sealed());
    out.writeNumberField("rows_scored", scored);
    if (emits.contains(CsvScoring.Emit.CONTRIBUTIONS)) {
      out.writeStringField("contributions", exact ? "exact" : "fast");
    }

    out.writeNumberField("rows_refused", refused.rows());
    JsonText.objects(
        out,
        "faults",
        refused.entries(),
        entry -> {
          out.writeStringField("code", entry.example().code().code());
          out.writeStringField("column", entry.example().field());
          out.writeNumberField("rows", entry.rows());
          out.writeStringField("example", entry.example().got());
          out.writeStringField("place", entry.place());
          out.writeStringField("cure", entry.cure());
        });
  }

  /** Returns the file to replace or create, with links resolved. */
  private Path target() throws IOException, InputException {
    Path target = output.toAbsolutePath().normalize();
    if (Files.isDirectory(target)) {
      throw new InputException("Cannot write %s: it is a directory".formatted(output));
    }

    if (target.getParent() == null || !Files.isDirectory(target.getParent())) {
      throw new InputException("Cannot write %s: its directory does not exist".formatted(output));
    }

    if (!Files.exists(target)) {
      return target;
    }

    // A device or a pipe would be replaced by a file, for all of its users.
    if (!Files.isRegularFile(target)) {
      throw new InputException(
          "Cannot write %s: the output must be a regular file".formatted(output));
    }

    try {
      if (Files.isSameFile(target, Path.of(input))) {
        throw new InputException("Cannot write %s: it is the input itself".formatted(output));
      }
    } catch (NoSuchFileException e) {
      // The input is not an existing local file; if it cannot be read, opening it says so.
    }

    return target.toRealPath();
  }

  private BufferedWriter create(Path temporary) throws InputException {
    try {
      return Files.newBufferedWriter(
          temporary, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new InputException(
          "Cannot write %s: no file can be made in its directory (%s)"
              .formatted(output, e.getClass().getSimpleName()),
          e);
    }
  }
}
