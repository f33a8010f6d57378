package io.paritree.model.command;

import io.paritree.Fault;
import io.paritree.InvalidRowException;
import io.paritree.NameList;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.model.golden.JsonRecord;
import io.paritree.model.rows.InputException;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import io.paritree.record.RecordValues;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code model explain}: scores one record, and says which of its fields moved the score most. */
@Command(
    name = "explain",
    description = {
      "Scores a record, and says which of its fields moved the score most.",
      "What a field adds is in units of the margin, which the objective makes the score of: the"
          + " base, what the fields add and the rest are the margin."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final int DEFAULT_REASONS = 10;
  private static final int MAX_RECORD_BYTES = 16 << 20;

  @Spec private CommandSpec spec;

  @Mixin private ModelOption model;

  @Mixin private UnsealedOptions unsealed;

  @Option(
      names = "--record",
      required = true,
      paramLabel = "FILE.json",
      description = "A local file with the record, a JSON object as the endpoint reads it.")
  private Path record;

  @Option(
      names = "--reasons",
      paramLabel = "K",
      description =
          "How many fields are shown; the others are the rest (default: "
              + DEFAULT_REASONS
              + ", or all if there are fewer).")
  private Integer most;

  @Option(
      names = "--direction",
      defaultValue = "both",
      description =
          "up: the fields that raise the margin; down: those that lower it; both (default: both).")
  private Direction direction;

  @Option(
      names = "--of",
      paramLabel = "NAME",
      description =
          "The output whose margin is explained (default: that of the record's class; a model of"
              + " several values needs it). Scores of quantiles are sorted margins, and those of"
              + " expectiles sums of them.")
  private String output;

  @Option(
      names = "--exact",
      description =
          "Contributions have the bits of XGBoost4J 3.4's predictContrib; otherwise they are within"
              + " 1e-5 * max(1, sum of the absolute contributions of the output) of them, and faster.")
  private boolean exact;

  @Mixin private OutputFormat format;

  @Override
  public Integer call() throws Exception {
    ScoringModel opened = unsealed.open(ModelFiles.streamed(model.reference()), EngineKind.FOREST);
    Reasons reasons = Reasons.of(opened, exact ? ContributionMode.EXACT : ContributionMode.FAST);
    int groups = reasons.groups().size();
    if (most != null && (most < 1 || most > groups)) {
      throw usage(
          "Invalid --reasons: got %s, expected 1 to %s, the number of fields", most, groups);
    }

    float[] slots = new float[opened.engine().width()];
    RecordValues values = new RecordValues(opened.schema().fields().size());
    read(opened, slots, values);
    float[] margins = new float[opened.engine().outputs()];
    float[] scores = new float[opened.engine().scores()];
    opened.engine().score(slots, 1, margins, scores);
    int explained = output(reasons, scores);
    float[] contributions = new float[reasons.contributions()];
    reasons.explain(slots, 0, 1, contributions);
    RowReasons row = new RowReasons(groups);
    int shown = most == null ? Math.min(DEFAULT_REASONS, groups) : most;
    reasons.choose(contributions, 0, explained, shown, direction, row);
    Explanation explanation =
        new Explanation(opened, reasons, direction, explained, values, margins, scores, row);
    format.print(explanation::text, explanation::write);
    return ModelMain.OK;
  }

  private int output(Reasons reasons, float[] scores) {
    if (output == null && reasons.hasWinner()) {
      return reasons.winner(scores, 0);
    }

    List<String> names = reasons.outputNames();
    if (output == null) {
      throw usage(
          "Missing --of: the model has several outputs, expected one of %s", NameList.known(names));
    }

    return reasons
        .output(output)
        .orElseThrow(
            () -> usage("Invalid --of: got %s, expected one of %s", output, NameList.known(names)));
  }

  private void read(ScoringModel opened, float[] slots, RecordValues values)
      throws IOException, InputException {
    try {
      Location file = Location.of(record.toAbsolutePath());
      byte[] content = FileStore.of(file).readAtMost(file, MAX_RECORD_BYTES);
      JsonRecord.encode(opened.schema(), content, slots, 0, values);
    } catch (UnfitFileException e) {
      throw new InputException(e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new InputException("Cannot read %s: there is no such file".formatted(record), e);
    } catch (InvalidRowException e) {
      throw new InputException(
          "Cannot score %s: %s"
              .formatted(
                  record,
                  e.faults().stream().map(Fault::toString).collect(Collectors.joining("; "))),
          e);
    }
  }

  private ParameterException usage(String message, Object... values) {
    return new ParameterException(spec.commandLine(), message.formatted(values));
  }
}
