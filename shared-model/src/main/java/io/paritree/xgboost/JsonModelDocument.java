package io.paritree.xgboost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.paritree.CorruptModelException;
import io.paritree.Fault;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * A model file in JSON.
 *
 * <p>As in XGBoost, {@code NaN}, {@code Infinity} and {@code -Infinity} are numbers. A key that
 * occurs twice in one object is refused, because JSON readers do not agree on which one counts;
 * values that are skipped are not checked for this. {@link RepairedJson} repairs the other things
 * that XGBoost writes and JSON does not allow.
 */
final class JsonModelDocument implements ModelDocument {
  private static final int MAX_NESTING = 64;
  private static final int MAX_GOT = 100;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNumberLength(1_000)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final byte[] file;
  private final RepairedJson text;
  private final JsonParser parser;
  private final ArrayDeque<Set<String>> keys = new ArrayDeque<>();

  /** Whether the current token of the parser is the first token of the next value. */
  private boolean onValue;

  JsonModelDocument(byte[] file) throws CorruptModelException {
    this.file = file;
    this.text = new RepairedJson(file);
    try {
      parser = FACTORY.createParser(text);
    } catch (IOException e) {
      throw new CorruptModelException("Cannot read the model: " + e.getMessage(), e);
    }
  }

  private JsonToken next() throws CorruptModelException {
    try {
      if (onValue) {
        onValue = false;
        return parser.currentToken();
      }

      JsonToken token = parser.nextToken();
      if (token == null) {
        throw corrupt("the file ends too early");
      }

      return token;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private CorruptModelException broken(IOException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return corrupt("this is not JSON: " + message.lines().findFirst().orElse(""));
  }

  @Override
  public CorruptModelException corrupt(String what) {
    return new CorruptModelException(
        "Cannot read the model: %s, at byte %s"
            .formatted(
                Fault.printable(what, 4 * MAX_GOT),
                text.placeOf(parser.currentTokenLocation().getByteOffset())));
  }

  private CorruptModelException unexpected(String expected) {
    String got;
    try {
      JsonToken token = parser.currentToken();
      got =
          switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case END_OBJECT, END_ARRAY -> "the end of an object or array";
            default -> "'" + parser.getText() + "'";
          };
    } catch (IOException e) {
      return broken(e);
    }

    return corrupt("got %s, expected %s".formatted(Fault.printable(got, MAX_GOT), expected));
  }

  private void expect(JsonToken token, String expected) throws CorruptModelException {
    if (next() != token) {
      throw unexpected(expected);
    }
  }

  @Override
  public void beginObject() throws CorruptModelException {
    expect(JsonToken.START_OBJECT, "an object");
    keys.push(new HashSet<>());
  }

  @Override
  public String nextKey() throws CorruptModelException {
    JsonToken token = next();
    if (token == JsonToken.END_OBJECT) {
      keys.pop();
      return null;
    }

    try {
      String key = parser.currentName();
      if (!keys.element().add(key)) {
        throw corrupt("key '%s' occurs twice in one object".formatted(key));
      }

      return key;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  public void beginArray() throws CorruptModelException {
    expect(JsonToken.START_ARRAY, "an array");
  }

  @Override
  public boolean nextElement() throws CorruptModelException {
    onValue = next() != JsonToken.END_ARRAY;
    return onValue;
  }

  @Override
  public String text() throws CorruptModelException {
    expect(JsonToken.VALUE_STRING, "a text");
    try {
      return parser.getText();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  public long integer() throws CorruptModelException {
    next();
    return integerHere();
  }

  private long integerHere() throws CorruptModelException {
    switch (parser.currentToken()) {
      case VALUE_TRUE:
        return 1;
      case VALUE_FALSE:
        return 0;
      case VALUE_NUMBER_INT:
        try {
          return parser.getLongValue();
        } catch (IOException e) {
          throw broken(e);
        }
      default:
        throw unexpected("a whole number");
    }
  }

  private float floatHere() throws CorruptModelException {
    switch (parser.currentToken()) {
      case VALUE_NUMBER_INT:
      case VALUE_NUMBER_FLOAT:
        try {
          return Float.parseFloat(parser.getText());
        } catch (NumberFormatException e) { // Jackson accepts -INF, XGBoost does not
          throw unexpected("a number");
        } catch (IOException e) {
          throw broken(e);
        }
      default:
        throw unexpected("a number");
    }
  }

  /**
   * Enters an array of numbers and returns how many it has, judged by its commas, but no more than
   * its bytes can hold. So the array of the values need not grow, which would take up to five times
   * the bytes of the text.
   */
  private int beginNumbers() throws CorruptModelException {
    beginArray();
    int begin = text.placeOf(parser.currentLocation().getByteOffset());
    int commas = 0;
    int at = begin;
    while (at < file.length && file[at] != ']') {
      commas += file[at] == ',' ? 1 : 0;
      at++;
    }

    return Math.min(commas, (at - begin) / 2) + 1;
  }

  @Override
  public float[] floats() throws CorruptModelException {
    Numbers.Floats floats = new Numbers.Floats(beginNumbers());
    while (next() != JsonToken.END_ARRAY) {
      floats.add(floatHere());
    }

    return floats.toArray();
  }

  @Override
  public int[] ints() throws CorruptModelException {
    Numbers.Ints ints = new Numbers.Ints(beginNumbers());
    while (next() != JsonToken.END_ARRAY) {
      long value = integerHere();
      if (value != (int) value) {
        throw unexpected("a whole number of 32 bits");
      }

      ints.add((int) value);
    }

    return ints.toArray();
  }

  @Override
  public long[] longs() throws CorruptModelException {
    Numbers.Longs longs = new Numbers.Longs(beginNumbers());
    boolean areWhole = true;
    while (next() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
        areWhole = false;
      } else {
        longs.add(integerHere());
      }
    }

    return areWhole ? longs.toArray() : null;
  }

  @Override
  public byte[] bytes() throws CorruptModelException {
    Numbers.Bytes bytes = new Numbers.Bytes(beginNumbers());
    while (next() != JsonToken.END_ARRAY) {
      long value = integerHere();
      if (value < Byte.MIN_VALUE || value > 255) {
        throw unexpected("a whole number of 8 bits");
      }

      bytes.add((byte) value);
    }

    return bytes.toArray();
  }

  @Override
  public int count() throws CorruptModelException {
    beginArray();
    int count = 0;
    while (next() != JsonToken.END_ARRAY) {
      if (!parser.currentToken().isNumeric() && !parser.currentToken().isBoolean()) {
        throw unexpected("a number");
      }

      count++;
    }

    return count;
  }

  @Override
  public void skip() throws CorruptModelException {
    next();
    try {
      parser.skipChildren();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  public void end() throws CorruptModelException {
    try {
      if (parser.nextToken() != null) {
        throw unexpected("the end of the file");
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }
}
