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

/**
 * A model file in JSON.
 *
 * <p>As in XGBoost, {@code NaN}, {@code Infinity} and {@code -Infinity} are numbers. JSON readers
 * do not agree on which one counts of two equal keys; values that are skipped are not checked for
 * them. {@link RepairedJson} repairs the other things that XGBoost writes and JSON does not allow.
 */
final class JsonModelDocument extends ModelDocument {
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
  CorruptModelException corrupt(String what) {
    return new CorruptModelException(
        "Cannot read the model: %s, at byte %s"
            .formatted(
                Fault.printable(what, 4 * MAX_GOT),
                text.placeOf(parser.currentTokenLocation().getByteOffset())));
  }

  private CorruptModelException unexpected(String expected) {
    String got;
    try {
      got =
          switch (parser.currentToken()) {
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
  void openObject() throws CorruptModelException {
    expect(JsonToken.START_OBJECT, "an object");
  }

  @Override
  String readKey() throws CorruptModelException {
    JsonToken token = next();
    try {
      return token == JsonToken.END_OBJECT ? null : parser.currentName();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  void beginArray() throws CorruptModelException {
    expect(JsonToken.START_ARRAY, "an array");
  }

  @Override
  boolean nextElement() throws CorruptModelException {
    onValue = next() != JsonToken.END_ARRAY;
    return onValue;
  }

  @Override
  String text() throws CorruptModelException {
    expect(JsonToken.VALUE_STRING, "a text");
    try {
      return parser.getText();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  long integer() throws CorruptModelException {
    next();
    return asWhole();
  }

  /**
   * Enters an array of numbers and returns how many it has, judged by its commas, but no more than
   * its bytes can hold. So the array of the values need not grow, which would take up to five times
   * the bytes of the text.
   */
  @Override
  int beginNumbers() throws CorruptModelException {
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
  boolean nextNumber() throws CorruptModelException {
    return next() != JsonToken.END_ARRAY;
  }

  @Override
  boolean isFloat() {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
  }

  @Override
  float asFloat() throws CorruptModelException {
    if (!parser.currentToken().isNumeric()) {
      throw unexpected("a number");
    }

    try {
      return Float.parseFloat(parser.getText());
    } catch (NumberFormatException e) { // Jackson accepts -INF, XGBoost does not
      throw unexpected("a number");
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  long asWhole() throws CorruptModelException {
    try {
      return switch (parser.currentToken()) {
        case VALUE_TRUE -> 1;
        case VALUE_FALSE -> 0;
        case VALUE_NUMBER_INT -> parser.getLongValue();
        default -> throw unexpected("a whole number");
      };
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  void skipNumber() throws CorruptModelException {
    if (!parser.currentToken().isNumeric() && !parser.currentToken().isBoolean()) {
      throw unexpected("a number");
    }
  }

  @Override
  CorruptModelException tooWide(long value, int bits) {
    return unexpected("a whole number of %s bits".formatted(bits));
  }

  @Override
  void skip() throws CorruptModelException {
    next();
    try {
      parser.skipChildren();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  @Override
  void end() throws CorruptModelException {
    try {
      if (parser.nextToken() != null) {
        throw unexpected("the end of the file");
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }
}
