package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON of a server's answer: maps, lists, and texts of scalars, as they are written; null is
 * null. So a number is read as a float at once, and not rounded twice.
 */
final class AnswerTree {
  private static final JsonFactory FACTORY = new JsonFactory();

  private AnswerTree() {}

  /** Reads an object; empty if the answer is something else. */
  static Map<?, ?> of(byte[] json) throws IOException {
    return of(json, json.length);
  }

  /** Reads the object at the start of an answer that has other bytes after it. */
  static Map<?, ?> of(byte[] json, int length) throws IOException {
    try (JsonParser parser = FACTORY.createParser(json, 0, length)) {
      parser.nextToken();
      return object(value(parser));
    }
  }

  private static Object value(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Object> members = new LinkedHashMap<>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        members.put(name, value(json));
      }

      return members;
    } else if (token == JsonToken.START_ARRAY) {
      List<Object> items = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        items.add(value(json));
      }

      return items;
    }

    return token == JsonToken.VALUE_NULL ? null : json.getText();
  }

  /** Returns a value that is an object; an empty one in place of another value. */
  static Map<?, ?> object(Object value) {
    return value instanceof Map<?, ?> members ? members : Map.of();
  }

  /** Returns a member that is a list; an empty one in place of another value. */
  static List<?> list(Map<?, ?> members, String name) {
    return members.get(name) instanceof List<?> items ? items : List.of();
  }

  /** Returns a member that is a text; empty in place of another value. */
  static String text(Map<?, ?> members, String name) {
    return members.get(name) instanceof String text ? text : "";
  }

  /**
   * Returns a number, those of a list, or those of an object; NaN for null, which one is that is
   * not finite.
   *
   * @param count how many are expected
   */
  static float[] numbers(Object value, int count) throws IOException {
    Collection<?> all = Collections.singletonList(value);
    if (value instanceof Map<?, ?> members) {
      all = members.values();
    } else if (value instanceof List<?> items) {
      all = items;
    }

    if (all.size() != count) {
      throw new IOException(
          "Cannot read an answer: it has %s numbers, expected %s".formatted(all.size(), count));
    }

    float[] numbers = new float[count];
    int next = 0;
    for (Object each : all) {
      numbers[next++] = each == null ? Float.NaN : Float.parseFloat((String) each);
    }

    return numbers;
  }

  /** Returns whether one of some numbers is null. */
  static boolean hasNull(float[] numbers) {
    for (float number : numbers) {
      if (Float.isNaN(number)) {
        return true;
      }
    }

    return false;
  }
}
