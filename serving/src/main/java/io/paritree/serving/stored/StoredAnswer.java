package io.paritree.serving.stored;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.json.JsonText;
import io.paritree.lookup.StoredEntry;
import io.paritree.lookup.StoredEntry.Quarantined;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.output.DamagedFileException;
import io.paritree.output.ReasonsForm;
import io.paritree.output.ScoreColumns;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Makes the answer of a stored row: its members as the job has written them, but the numbers that a
 * page would read as others as text, and the reasons in the form of those that are computed on
 * request: one member {@code reasons}, in which values have their types and codes their words.
 *
 * <p>Where no {@link ReasonsForm} says what these are, values stay text, and direction, output and
 * words are absent.
 */
public final class StoredAnswer {
  private static final String STORED_REASONS = '"' + ReasonsForm.LIST + "\":";
  private static final String COLUMNS = "columns";
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final ReasonsForm form;
  private final Numbers numbers;

  private StoredAnswer(ReasonsForm form, Numbers numbers) {
    this.form = form;
    this.numbers = numbers;
  }

  /**
   * Returns the rows that are stored under a key as answers have them. The checksums of an index
   * have no secret: a publisher may put any bytes in place of a row.
   *
   * @throws DamagedFileException if that is no JSON of a row
   */
  static StoredEntry readable(StoredEntry entry, OpenPartition partition, Numbers numbers)
      throws DamagedFileException {
    try {
      if (entry instanceof Scored row) {
        ReasonsForm form = partition.manifest().reasons().orElse(null);
        return new Scored(row.scores(), members(row.members(), form, numbers));
      } else if (entry instanceof Quarantined row) {
        LookupProblem.faults(row.faults());
      }

      return entry;
    } catch (RuntimeException e) {
      throw new DamagedFileException(
          "Cannot use the index of run %s: what it has under a key is no JSON of a row"
              .formatted(partition.manifest().directory()),
          e);
    }
  }

  /** Writes the members of a scored row, from its partition on. */
  public static void write(StoredRow row, JsonBytes json) {
    OpenPartition partition = row.partition();
    json.raw("\"partition\":").raw(partition.partitionJson()).raw(',');
    Scored scored = (Scored) row.entry();
    partition.form().write(scored.scores(), 0, null, 0, 0, json);
    json.raw(scored.members()).raw(partition.origin());
    writeStale(row.stale(), json);
  }

  /** Writes the member that says that an answer is not of what was published last, if so. */
  public static void writeStale(Optional<UnservedPartition> stale, JsonBytes json) {
    stale.ifPresent(newer -> json.raw(",\"stale\":").raw(newer.json()));
  }

  /**
   * Returns the members of a stored row as answers have them. Only a row is read that has reasons,
   * long numbers, or numbers that are to be text.
   *
   * @param members each after a comma; not changed
   * @param form how the reasons are read; null if it was not recorded
   * @throws RuntimeException if the members are read, and are no JSON of the job's
   */
  static byte[] members(byte[] members, ReasonsForm form, Numbers numbers) {
    if (members.length == 0 || StoredNumbers.isDone(members, numbers) && !hasReasons(members)) {
      return members;
    }

    byte[] object = Arrays.copyOf(members, members.length + 1);
    object[0] = '{';
    object[members.length] = '}';
    StoredAnswer answer = new StoredAnswer(form, numbers);
    byte[] written = JsonText.compact(to -> answer.rewrite(object, to));
    if (written.length == 2) {
      return new byte[0]; // an object without members
    }

    written[0] = ',';
    return Arrays.copyOf(written, written.length - 1);
  }

  private static boolean hasReasons(byte[] members) {
    return new String(members, StandardCharsets.ISO_8859_1).contains(STORED_REASONS);
  }

  private void rewrite(byte[] object, JsonGenerator to) throws IOException {
    List<Map<String, String>> reasons = null;
    String base = "null";
    String rest = "null";
    String label = "";
    try (JsonParser json = StoredNumbers.FACTORY.createParser(object)) {
      json.nextToken();
      to.writeStartObject();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case ReasonsForm.LIST -> reasons = reasons(json);
          case ReasonsForm.BASE -> base = number(json);
          case ReasonsForm.REST -> rest = number(json);
          default -> {
            label = name.equals(ScoreColumns.LABEL) ? json.getText() : label;
            to.writeFieldName(name);
            StoredNumbers.copy(json, numbers, name.equals(COLUMNS), to);
          }
        }
      }

      if (reasons != null) {
        to.writeObjectFieldStart("reasons");
        writeNumber("base", base, to);
        writeNumber("rest", rest, to);
        writeReasons(reasons, label, to);
        to.writeEndObject();
      }

      to.writeEndObject();
    }
  }

  /** Returns a number as it is written, or null. */
  private static String number(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (!token.isNumeric() && token != JsonToken.VALUE_NULL) {
      throw new IOException("a number is %s".formatted(token));
    }

    return json.getText();
  }

  /** Returns the members of each reason; null if there is no list of them. */
  private static List<Map<String, String>> reasons(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return null;
    }

    List<Map<String, String>> list = new ArrayList<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      Map<String, String> reason = new HashMap<>();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        boolean isNumber = name.equals("contribution");
        reason.put(name, isNumber ? number(json) : json.getValueAsString());
        json.skipChildren();
      }

      list.add(reason);
    }

    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw new IOException("a reason is %s".formatted(json.currentToken()));
    }

    return list;
  }

  private void writeReasons(List<Map<String, String>> reasons, String label, JsonGenerator to)
      throws IOException {
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

  private void writeNumber(String name, String number, JsonGenerator to) throws IOException {
    to.writeFieldName(name);
    StoredNumbers.write(number, numbers, false, to);
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
    if (form == null || value == null) {
      to.writeString(value);
    } else if (form.truths().contains(column)) {
      to.writeBoolean(Boolean.parseBoolean(value));
    } else if (form.numbers().contains(column) && NUMBER.matcher(value).matches()) {
      StoredNumbers.write(value, numbers, true, to);
    } else {
      to.writeString(value);
    }
  }
}
