package io.paritree.proof;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/** A record: of each field of a schema, in its order, the JSON of its value. Immutable. */
public final class TriedRecord {
  /** In place of the JSON of a field that is absent. */
  public static final String ABSENT = "";

  /** Why a column of one kind cannot have a value. */
  static final String OTHER_KIND = "a column has values of one kind";

  private static final JsonFactory JSON = new JsonFactory();

  private final String[] values;

  /** What a value is in JSON. */
  public enum Kind {
    /** No value: absent, or null. */
    NONE,
    TEXT,
    TRUTH,
    NUMBER,
    /** A list or an object. */
    OTHER
  }

  /**
   * @param values one per field, as JSON; {@link #ABSENT} for none
   */
  public TriedRecord(String... values) {
    this.values = values.clone();
  }

  /** Returns how many fields the schema has. */
  public int fields() {
    return values.length;
  }

  /** Returns the JSON of a field's value. */
  public String value(int field) {
    return values[field];
  }

  /** Returns what a field's value is. */
  public Kind kind(int field) {
    String json = values[field];
    if (json.equals(ABSENT) || json.equals("null")) {
      return Kind.NONE;
    }

    return switch (json.charAt(0)) {
      case '"' -> Kind.TEXT;
      case 't', 'f' -> Kind.TRUTH;
      case '[', '{' -> Kind.OTHER;
      default -> Kind.NUMBER;
    };
  }

  /** Returns a field's value that is text, without quotes and escapes. */
  public String text(int field) {
    try (JsonParser parser = JSON.createParser(values[field])) {
      parser.nextToken();
      return parser.getText();
    } catch (IOException e) {
      throw new UncheckedIOException("A tried value is no JSON: " + values[field], e);
    }
  }

  /** Returns what a column has that has a field's values only: numbers, truths, or texts. */
  public static Kind columnKind(Field field) {
    return switch (field.typed().values()) {
      case TEXT, TIME -> Kind.TEXT;
      case TRUTH -> Kind.TRUTH;
      case NUMBER, WHOLE, ANY -> Kind.NUMBER;
    };
  }

  /** Returns whether a column of the field's kind can have its value. */
  boolean isOfColumn(int field, Field of) {
    Kind kind = kind(field);
    return kind == Kind.NONE || kind == columnKind(of);
  }

  /**
   * Returns a field's value as a typed column has it: a text, a boolean or a double; null for none.
   */
  public Object columnValue(int field, Field of) throws InexpressibleException {
    if (!isOfColumn(field, of)) {
      throw new InexpressibleException(OTHER_KIND);
    }

    Kind kind = kind(field);
    if (kind == Kind.NUMBER && values[field].length() > NumberText.MAX_LENGTH) {
      throw new InexpressibleException("a double has no number that is too long");
    }

    return switch (kind) {
      case TEXT -> text(field);
      case TRUTH -> Boolean.valueOf(values[field]);
      case NUMBER -> Double.valueOf(values[field]);
      default -> null;
    };
  }

  /** Returns this record with another value. */
  public TriedRecord with(int field, String json) {
    TriedRecord changed = new TriedRecord(values);
    changed.values[field] = json;
    return changed;
  }

  /** Returns the record as a JSON object, without absent fields. */
  public String json(List<Field> fields) {
    StringBuilder json = new StringBuilder("{");
    for (int field = 0; field < values.length; field++) {
      if (!values[field].equals(ABSENT)) {
        json.append(json.length() == 1 ? "" : ",");
        json.append(quoted(fields.get(field).column())).append(':').append(values[field]);
      }
    }

    return json.append('}').toString();
  }

  /** Returns the JSON of a text. */
  public static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    return json.append('"').toString();
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
