package io.paritree.serving.stored;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.output.ReasonsForm;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The reasons of a stored row in the form of reasons that are computed on request: one member
 * {@code reasons}, in which values have their types and codes their words.
 *
 * <p>Where no {@link ReasonsForm} says what these are, values stay text, and direction, output and
 * words are absent.
 *
 * @param form null if it was not recorded
 */
record StoredReasons(ReasonsForm form, Numbers numbers) {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  /**
   * Writes the member of a row.
   *
   * @param reasons the field, value, contribution and code of each; absent or null if it has none
   * @param base a number, or {@code null}
   * @param rest a number, or {@code null}
   * @param label of the row; empty if it has none
   */
  void write(
      List<Map<String, String>> reasons, String base, String rest, String label, JsonGenerator to)
      throws IOException {
    to.writeObjectFieldStart("reasons");
    writeNumber("base", base, to);
    writeNumber("rest", rest, to);
    if (form != null) {
      to.writeStringField("direction", form.direction());
      if (form.outputs().containsKey(label)) {
        to.writeStringField("output", form.outputs().get(label));
      }
    }

    to.writeArrayFieldStart("fields");
    for (Map<String, String> reason : reasons) {
      writeReason(reason, to);
    }

    to.writeEndArray();
    to.writeEndObject();
  }

  private void writeNumber(String name, String number, JsonGenerator to) throws IOException {
    to.writeFieldName(name);
    StoredNumbers.write(number, numbers, false, to);
  }

  private void writeReason(Map<String, String> reason, JsonGenerator to) throws IOException {
    String field = Objects.requireNonNullElse(reason.get("field"), "");
    String contribution = reason.getOrDefault("contribution", "null");
    String code = reason.get("code");
    to.writeStartObject();
    to.writeStringField("field", field);
    to.writeFieldName("value");
    writeValue(field, reason.get("value"), to);
    writeNumber("contribution", contribution, to);
    if (code != null) {
      to.writeStringField("code", code);
    }

    if (code != null && form != null && !contribution.equals("null")) {
      Optional<String> text = form.text(field, Double.parseDouble(contribution));
      if (text.isPresent()) {
        to.writeStringField("text", text.get());
      }
    }

    to.writeEndObject();
  }

  private void writeValue(String field, String value, JsonGenerator to) throws IOException {
    List<String> columns = form == null ? List.of(field) : form.columns(field);
    if (columns.size() == 1) {
      writeColumn(columns.get(0), value, to);
      return;
    }

    Optional<List<String>> values = GroupText.values(value, columns);
    if (values.isEmpty()) {
      to.writeString(value);
      return;
    }

    to.writeStartObject();
    for (int column = 0; column < columns.size(); column++) {
      to.writeFieldName(columns.get(column));
      String one = values.get().get(column);
      writeColumn(columns.get(column), one.isEmpty() ? null : one, to);
    }

    to.writeEndObject();
  }

  private void writeColumn(String column, String value, JsonGenerator to) throws IOException {
    if (value != null && form != null && form.truths().contains(column)) {
      to.writeBoolean(Boolean.parseBoolean(value));
    } else if (value != null
        && form != null
        && form.numbers().contains(column)
        && NUMBER.matcher(value).matches()) {
      StoredNumbers.write(value, numbers, true, to);
    } else {
      to.writeString(value);
    }
  }
}
