package io.paritree.serving.stored;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.json.JsonText;
import io.paritree.output.ReasonsForm;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The reasons of a stored row in the form of reasons that are computed on request: one member
 * {@code reasons}, in which values have their types and codes their words.
 *
 * <p>Where no {@link ReasonsForm} says what these are, values stay text, and direction, output and
 * words are absent. Made for one row.
 */
final class StoredReasons {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final byte[] NAME =
      ('"' + ReasonsForm.LIST + "\":").getBytes(StandardCharsets.UTF_8);
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final ReasonsForm form; // null if it was not recorded
  private final Numbers numbers;
  private final List<Reason> reasons = new ArrayList<>();
  private boolean isThere;
  private String base = "null";
  private String rest = "null";
  private String label = "";

  private record Reason(String field, String value, String contribution, String code) {}

  private StoredReasons(ReasonsForm form, Numbers numbers) {
    this.form = form;
    this.numbers = numbers;
  }

  /**
   * Returns the members of a stored row as answers have them, but for numbers in its columns.
   *
   * @param members each after a comma; not changed
   * @param form how the reasons are read; empty if it was not recorded
   * @throws RuntimeException if they have reasons, and are no JSON of the job's
   */
  static byte[] members(byte[] members, Optional<ReasonsForm> form, Numbers numbers) {
    if (!hasReasons(members)) {
      return members;
    }

    byte[] object = Arrays.copyOf(members, members.length + 1);
    object[0] = '{';
    object[members.length] = '}';
    byte[] rewritten;
    try {
      rewritten = new StoredReasons(form.orElse(null), numbers).rewritten(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // is no JSON
    }

    if (rewritten.length == 2) {
      return new byte[0]; // an object without members
    }

    rewritten[0] = ',';
    return Arrays.copyOf(rewritten, rewritten.length - 1);
  }

  private static boolean hasReasons(byte[] members) {
    for (int at = 0; at + NAME.length <= members.length; at++) {
      if (Arrays.equals(members, at, at + NAME.length, NAME, 0, NAME.length)) {
        return true;
      }
    }

    return false;
  }

  private byte[] rewritten(byte[] object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(object.length + 16);
    try (JsonParser json = FACTORY.createParser(object);
        JsonGenerator to = FACTORY.createGenerator(bytes)) {
      json.nextToken();
      to.writeStartObject();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case ReasonsForm.LIST -> readReasons(json);
          case ReasonsForm.BASE -> base = number(json);
          case ReasonsForm.REST -> rest = number(json);
          default -> {
            label = name.equals("label") ? json.getText() : label;
            to.writeFieldName(name);
            copy(json, to);
          }
        }
      }

      if (isThere) {
        to.writeFieldName("reasons");
        write(to);
      }

      to.writeEndObject();
    }

    return bytes.toByteArray();
  }

  /** Returns a number as it is written, or null. */
  private static String number(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (!token.isNumeric() && token != JsonToken.VALUE_NULL) {
      throw new IOException("a number is %s".formatted(token));
    }

    return json.getText();
  }

  /** Copies a value with its numbers as they are written. */
  private static void copy(JsonParser json, JsonGenerator to) throws IOException {
    int depth = 0;
    do {
      JsonToken token = json.currentToken();
      if (token.isNumeric()) {
        to.writeNumber(json.getText());
      } else {
        to.copyCurrentEvent(json);
      }

      depth += token.isStructStart() ? 1 : 0;
      depth -= token.isStructEnd() ? 1 : 0;
    } while (depth > 0 && json.nextToken() != null);
  }

  private void readReasons(JsonParser json) throws IOException {
    isThere = json.currentToken() == JsonToken.START_ARRAY;
    while (isThere && json.nextToken() == JsonToken.START_OBJECT) {
      String[] values = {"", null, "null", null};
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        int member =
            switch (json.currentName()) {
              case "field" -> 0;
              case "value" -> 1;
              case "contribution" -> 2;
              case "code" -> 3;
              default -> -1;
            };
        boolean isNull = json.nextToken() == JsonToken.VALUE_NULL;
        if (member == 2) {
          values[member] = number(json);
        } else if (member >= 0 && !isNull) {
          values[member] = json.getText();
        }

        json.skipChildren();
      }

      reasons.add(new Reason(values[0], values[1], values[2], values[3]));
    }

    if (isThere && json.currentToken() != JsonToken.END_ARRAY) {
      throw new IOException("a reason is %s".formatted(json.currentToken()));
    }
  }

  private void write(JsonGenerator to) throws IOException {
    to.writeStartObject();
    to.writeFieldName("base");
    to.writeNumber(base);
    to.writeFieldName("rest");
    to.writeNumber(rest);
    if (form != null) {
      to.writeStringField("direction", form.direction());
      if (form.outputs().containsKey(label)) {
        to.writeStringField("output", form.outputs().get(label));
      }

      if (form.isExact()) {
        to.writeStringField("mode", "exact");
      }
    }

    JsonText.objects(to, "fields", reasons, reason -> write(reason, to));
    to.writeEndObject();
  }

  private void write(Reason reason, JsonGenerator to) throws IOException {
    to.writeStringField("field", reason.field);
    to.writeFieldName("value");
    writeValue(reason, to);
    to.writeFieldName("contribution");
    to.writeNumber(reason.contribution);
    if (reason.code != null) {
      to.writeStringField("code", reason.code);
      Optional<String> text =
          form == null || reason.contribution.equals("null")
              ? Optional.empty()
              : form.text(reason.field, Double.parseDouble(reason.contribution));
      JsonText.optional(to, "text", text);
    }
  }

  private void writeValue(Reason reason, JsonGenerator to) throws IOException {
    List<String> columns = form == null ? List.of(reason.field) : form.columns(reason.field);
    if (columns.size() == 1) {
      writeValue(columns.get(0), reason.value, to);
      return;
    }

    Optional<List<String>> values = GroupText.values(reason.value, columns);
    if (values.isEmpty()) {
      to.writeString(reason.value);
      return;
    }

    to.writeStartObject();
    for (int column = 0; column < columns.size(); column++) {
      to.writeFieldName(columns.get(column));
      String value = values.get().get(column);
      writeValue(columns.get(column), value.isEmpty() ? null : value, to);
    }

    to.writeEndObject();
  }

  private void writeValue(String column, String value, JsonGenerator to) throws IOException {
    if (value == null) {
      to.writeNull();
    } else if (form != null && form.truths().contains(column)) {
      to.writeBoolean(Boolean.parseBoolean(value));
    } else if (form != null
        && form.numbers().contains(column)
        && NUMBER.matcher(value).matches()
        && !StoredNumbers.isText(value, numbers, true)) {
      to.writeNumber(value);
    } else {
      to.writeString(value);
    }
  }
}
