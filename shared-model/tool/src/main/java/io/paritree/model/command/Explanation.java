package io.paritree.model.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.json.JsonText;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import io.paritree.record.RecordValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The score of one record with its reasons, as it is shown.
 *
 * @param output the margin that is explained
 */
record Explanation(
    ScoringModel model,
    Reasons reasons,
    Direction direction,
    int output,
    RecordValues values,
    float[] margins,
    float[] scores,
    RowReasons row) {
  private static final String MISSING = "missing";

  /** Returns a waterfall from the base to the margin, for people. */
  String text() {
    List<String> lines = new ArrayList<>();
    List<String> shown = new ArrayList<>();
    for (int score = 0; score < scores.length; score++) {
      String name = scores.length == 1 ? "score" : model.outputs().names().get(score);
      shown.add("%s %s".formatted(name, scores[score]));
    }

    model.outputs().label(scores, 0).ifPresent(label -> shown.add("label " + label));
    lines.add("%s: %s".formatted(model.modelVersion(), String.join(", ", shown)));
    if (severalOutputs()) {
      lines.add("Of output " + reasons.outputNames().get(output));
    }

    lines.add("%12s %12s".formatted("adds", "margin"));
    double total = row.base();
    lines.add(line(row.base(), total, "base" + offset()));
    for (int reason = 0; reason < row.count(); reason++) {
      total += row.contribution(reason);
      String code = code(reason).map(Explanation::text).orElse("");
      lines.add(line(row.contribution(reason), total, named(reason) + code));
    }

    int others = reasons.groups().size() - row.count();
    if (others > 0) {
      total += row.rest();
      lines.add(line(row.rest(), total, "rest (%s fields)".formatted(others)));
    }

    lines.add(String.format(Locale.ROOT, "%12s %12.4f %s", "", margins[output], "margin"));
    if (reasons.mode() == ContributionMode.EXACT) {
      lines.add("Contributions: exact");
    }

    return lines.stream()
        .map(line -> Fault.printableLine(line) + "\n")
        .collect(Collectors.joining());
  }

  private String offset() {
    if (model.schema().offsets().isEmpty()) {
      return "";
    }

    String column = model.schema().offsets().get(output).column();
    float whereMissing = model.schema().offsetsWhereMissing()[output];
    String shown = value(column);
    return " with the offset %s = %s%s"
        .formatted(column, shown, shown.equals(MISSING) ? ", so " + whereMissing : "");
  }

  private static String line(float adds, double total, String what) {
    return String.format(Locale.ROOT, "%+12.4f %12.4f %s", adds, total, what);
  }

  private static String text(ReasonRule.Code code) {
    return " [%s%s]".formatted(code.code(), code.text().map(text -> ": " + text).orElse(""));
  }

  private String named(int reason) {
    ReasonGroup group = group(reason);
    return group.columns().size() == 1
        ? "%s = %s".formatted(group.name(), value(group.columns().get(0)))
        : group.columns().stream()
            .map(column -> "%s = %s".formatted(column, value(column)))
            .collect(Collectors.joining(", ", group.name() + " (", ")"));
  }

  private String value(String column) {
    String value = values.value(0, field(column));
    return value == null ? MISSING : value;
  }

  /** Writes the same for machines, in the form in which the endpoint answers. */
  void write(JsonGenerator out) throws IOException {
    out.writeStringField("model_version", model.modelVersion());
    List<String> names = model.outputs().names();
    if (names.size() == 1) {
      number("score", scores[0], out);
    } else {
      out.writeObjectFieldStart("scores");
      for (int score = 0; score < names.size(); score++) {
        number(names.get(score), scores[score], out);
      }

      out.writeEndObject();
    }

    JsonText.optional(out, "label", model.outputs().label(scores, 0));
    number("margin", margins[output], out);
    out.writeObjectFieldStart("reasons");
    reasons(out);
    out.writeEndObject();
  }

  private void reasons(JsonGenerator out) throws IOException {
    number("base", row.base(), out);
    number("rest", row.rest(), out);
    out.writeStringField("direction", direction.key());
    if (severalOutputs()) {
      out.writeStringField("output", reasons.outputNames().get(output));
    }

    if (reasons.mode() == ContributionMode.EXACT) {
      out.writeStringField("mode", "exact");
    }

    out.writeArrayFieldStart("fields");
    for (int reason = 0; reason < row.count(); reason++) {
      ReasonGroup group = group(reason);
      out.writeStartObject();
      out.writeStringField("field", group.name());
      out.writeFieldName("value");
      if (group.columns().size() == 1) {
        value(group.columns().get(0), out);
      } else {
        out.writeStartObject();
        for (String column : group.columns()) {
          out.writeFieldName(column);
          value(column, out);
        }

        out.writeEndObject();
      }

      number("contribution", row.contribution(reason), out);
      Optional<ReasonRule.Code> code = code(reason);
      if (code.isPresent()) {
        out.writeStringField("code", code.get().code());
        JsonText.optional(out, "text", code.get().text());
      }

      out.writeEndObject();
    }

    out.writeEndArray();
  }

  private void value(String column, JsonGenerator out) throws IOException {
    int field = field(column);
    String value = values.value(0, field);
    if (value == null) {
      out.writeNull();
    } else if (values.isText(0, field)) {
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

  private ReasonGroup group(int reason) {
    return reasons.groups().get(row.group(reason));
  }

  private Optional<ReasonRule.Code> code(int reason) {
    return reasons.code(row.group(reason), row.contribution(reason));
  }

  private int field(String column) {
    return model.schema().fieldIndex(column);
  }

  private boolean severalOutputs() {
    return reasons.outputNames().size() > 1;
  }
}
