package io.paritree.serving.stored;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.json.JsonText;
import io.paritree.output.ReasonsForm;
import io.paritree.output.ScoreColumns;
import io.paritree.serving.config.ServingConfig.Scores.Numbers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the members of a stored row, and writes them as answers have them. */
final class StoredMembers {
  private static final String REASONS = '"' + ReasonsForm.LIST + "\":";
  private static final String COLUMNS = "columns";

  private StoredMembers() {}

  /**
   * Returns the members of a stored row as answers have them. Only a row is read that has reasons,
   * long numbers, or numbers that are to be text.
   *
   * @param members each after a comma; not changed
   * @param form how the reasons are read; null if it was not recorded
   * @throws RuntimeException if the members are read, and are no JSON of the job's
   */
  static byte[] answered(byte[] members, ReasonsForm form, Numbers numbers) {
    if (members.length == 0 || StoredNumbers.isDone(members, numbers) && !hasReasons(members)) {
      return members;
    }

    byte[] object = object(members);
    byte[] written = JsonText.compact(to -> rewrite(object, new StoredReasons(form, numbers), to));
    if (written.length == 2) {
      return new byte[0]; // an object without members
    }

    written[0] = ',';
    return Arrays.copyOf(written, written.length - 1);
  }

  /** Returns members, each after a comma, as an object. */
  private static byte[] object(byte[] members) {
    byte[] object = Arrays.copyOf(members, members.length + 1);
    object[0] = '{';
    object[members.length] = '}';
    return object;
  }

  private static boolean hasReasons(byte[] members) {
    return new String(members, StandardCharsets.ISO_8859_1).contains(REASONS);
  }

  private static void rewrite(byte[] object, StoredReasons reasons, JsonGenerator to)
      throws IOException {
    List<Map<String, String>> list = null;
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
          case ReasonsForm.LIST -> list = list(json);
          case ReasonsForm.BASE -> base = number(json);
          case ReasonsForm.REST -> rest = number(json);
          default -> {
            label = name.equals(ScoreColumns.LABEL) ? json.getText() : label;
            to.writeFieldName(name);
            StoredNumbers.copy(json, reasons.numbers(), name.equals(COLUMNS), to);
          }
        }
      }

      if (list != null) {
        reasons.write(list, base, rest, label, to);
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
  private static List<Map<String, String>> list(JsonParser json) throws IOException {
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
}
