package io.paritree.model.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.InvalidRowException;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.json.JsonText;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.model.golden.JsonRecord;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.model.rows.InputException;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import io.paritree.record.RecordValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
          "The output that is explained (default: that of the record's class; a model of several"
              + " values needs it).")
  private String output;

  @Option(
      names = "--exact",
      description =
          "Contributions have the bits of XGBoost4J 3.4's predictContrib; otherwise they are close"
              + " to that, and faster.")
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
    Explained all =
        new Explained(opened, reasons, direction, explained, values, margins, scores, row);
    format.print(() -> text(all), () -> JsonText.text(JsonText.object(out -> json(all, out))));
    return ModelMain.OK;
  }

  /**
   * What is shown.
   *
   * @param output the margin that is explained
   */
  private record Explained(
      ScoringModel model,
      Reasons reasons,
      Direction direction,
      int output,
      RecordValues values,
      float[] margins,
      float[] scores,
      RowReasons row) {

    ReasonGroup group(int reason) {
      return reasons.groups().get(row.group(reason));
    }

    Optional<ReasonRule.Code> code(int reason) {
      return reasons.code(row.group(reason), row.contribution(reason));
    }

    int field(String column) {
      return model.schema().fieldIndex(column);
    }

    boolean severalOutputs() {
      return reasons.outputNames().size() > 1;
    }
  }

  private int output(Reasons reasons, float[] scores) {
    List<String> names = reasons.outputNames();
    if (output == null && reasons.hasWinner()) {
      return reasons.winner(scores, 0);
    }

    if (!names.contains(output)) {
      throw usage("Invalid --of: got %s, expected one of %s", output, names);
    }

    return names.indexOf(output);
  }

  private void read(ScoringModel opened, float[] slots, RecordValues values)
      throws IOException, InputException {
    try {
      JsonRecord.encode(opened.schema(), Files.readAllBytes(record), slots, 0, values);
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

  private static String text(Explained all) {
    RowReasons row = all.row();
    List<String> lines = new ArrayList<>();
    float[] scores = all.scores();
    List<String> shown = new ArrayList<>();
    for (int score = 0; score < scores.length; score++) {
      String name = scores.length == 1 ? "score" : all.model().outputs().names().get(score);
      shown.add("%s %s".formatted(name, scores[score]));
    }

    all.model().outputs().label(scores, 0).ifPresent(label -> shown.add("label " + label));
    lines.add("%s: %s".formatted(all.model().modelVersion(), String.join(", ", shown)));
    if (all.severalOutputs()) {
      lines.add("Of output " + all.reasons().outputNames().get(all.output()));
    }

    lines.add("%12s %12s".formatted("adds", "margin"));
    double total = row.base();
    lines.add(line(row.base(), total, "base"));
    for (int reason = 0; reason < row.count(); reason++) {
      total += row.contribution(reason);
      String code = all.code(reason).map(ExplainCommand::text).orElse("");
      lines.add(line(row.contribution(reason), total, named(all, reason) + code));
    }

    int others = all.reasons().groups().size() - row.count();
    if (others > 0) {
      total += row.rest();
      lines.add(line(row.rest(), total, "rest (%s fields)".formatted(others)));
    }

    lines.add("%12s %12.4f %s".formatted("", all.margins()[all.output()], "margin"));
    if (all.reasons().mode() == ContributionMode.EXACT) {
      lines.add("Contributions: exact");
    }

    return lines.stream()
        .map(line -> Fault.printableLine(line) + "\n")
        .collect(Collectors.joining());
  }

  private static String line(float adds, double total, String what) {
    return String.format(Locale.ROOT, "%+12.4f %12.4f %s", adds, total, what);
  }

  private static String text(ReasonRule.Code code) {
    return " [%s%s]".formatted(code.code(), code.text().map(text -> ": " + text).orElse(""));
  }

  private static String named(Explained all, int reason) {
    ReasonGroup group = all.group(reason);
    return group.columns().size() == 1
        ? "%s = %s".formatted(group.name(), value(all, group.columns().get(0)))
        : group.columns().stream()
            .map(column -> "%s = %s".formatted(column, value(all, column)))
            .collect(Collectors.joining(", ", group.name() + " (", ")"));
  }

  private static String value(Explained all, String column) {
    String value = all.values().value(0, all.field(column));
    return value == null ? "missing" : value;
  }

  private static void json(Explained all, JsonGenerator out) throws IOException {
    out.writeStringField("model_version", all.model().modelVersion());
    List<String> names = all.model().outputs().names();
    if (names.size() == 1) {
      number("score", all.scores()[0], out);
    } else {
      out.writeObjectFieldStart("scores");
      for (int score = 0; score < names.size(); score++) {
        number(names.get(score), all.scores()[score], out);
      }

      out.writeEndObject();
    }

    Optional<String> label = all.model().outputs().label(all.scores(), 0);
    if (label.isPresent()) {
      out.writeStringField("label", label.get());
    }

    number("margin", all.margins()[all.output()], out);
    out.writeObjectFieldStart("reasons");
    reasons(all, out);
    out.writeEndObject();
  }

  private static void reasons(Explained all, JsonGenerator out) throws IOException {
    RowReasons row = all.row();
    number("base", row.base(), out);
    number("rest", row.rest(), out);
    out.writeStringField("direction", all.direction().key());
    if (all.severalOutputs()) {
      out.writeStringField("output", all.reasons().outputNames().get(all.output()));
    }

    if (all.reasons().mode() == ContributionMode.EXACT) {
      out.writeStringField("mode", "exact");
    }

    out.writeArrayFieldStart("fields");
    for (int reason = 0; reason < row.count(); reason++) {
      ReasonGroup group = all.group(reason);
      out.writeStartObject();
      out.writeStringField("field", group.name());
      out.writeFieldName("value");
      if (group.columns().size() == 1) {
        value(all, group.columns().get(0), out);
      } else {
        out.writeStartObject();
        for (String column : group.columns()) {
          out.writeFieldName(column);
          value(all, column, out);
        }

        out.writeEndObject();
      }

      number("contribution", row.contribution(reason), out);
      Optional<ReasonRule.Code> code = all.code(reason);
      if (code.isPresent()) {
        out.writeStringField("code", code.get().code());
        if (code.get().text().isPresent()) {
          out.writeStringField("text", code.get().text().get());
        }
      }

      out.writeEndObject();
    }

    out.writeEndArray();
  }

  private static void value(Explained all, String column, JsonGenerator out) throws IOException {
    int field = all.field(column);
    String value = all.values().value(0, field);
    if (value == null) {
      out.writeNull();
    } else if (all.values().isText(0, field)) {
      out.writeString(value);
    } else {
      out.writeRawValue(value);
    }
  }

  /** Writes the shortest digits that read back to the same float. */
  private static void number(String name, float value, JsonGenerator out) throws IOException {
    out.writeFieldName(name);
    if (Float.isFinite(value)) {
      out.writeNumber(value);
    } else {
      out.writeNull();
    }
  }

  private ParameterException usage(String message, Object... values) {
    return new ParameterException(spec.commandLine(), message.formatted(values));
  }
}
