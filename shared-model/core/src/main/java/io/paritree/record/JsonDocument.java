package io.paritree.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberText;
import io.paritree.feature.Utf8;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * One JSON document, read token by token.
 *
 * <p>Strict RFC 8259 in well-formed UTF-8 without a byte order mark. Anything else is refused with
 * a {@link MalformedJsonException}, and so is what exceeds the parser's limits: 1,000 levels of
 * arrays and objects, names of 50,000 bytes, text and numbers of 1 MiB. Text of more than 65,536
 * characters and numbers of more than 64 ({@link #isLongNumber}) can be skipped or reported by who
 * reads them. Closing the document returns its buffers to the thread. Not thread-safe.
 */
public final class JsonDocument implements AutoCloseable {
  private static final int MAX_TEXT = Feature.MAX_TEXT;

  private static final JsonFactory FACTORY = factory().build();
  private static final JsonFactory WITH_NAN =
      factory().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static JsonFactoryBuilder factory() {
    return (JsonFactoryBuilder)
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxStringLength(1 << 20)
                    .maxNumberLength(1 << 20)
                    .build())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES);
  }

  /** The parts of Jackson's messages about its own settings and sources; they are cut out. */
  private static final Pattern ASIDE =
      Pattern.compile(
          ", from `[^`]*`|: enable `.*|: was expecting \\(JSON.*"
              + "| \\((?:for|start marker|not recognized).*"
              + "|\\[Source.*",
          Pattern.DOTALL);

  private final JsonParser parser;
  private Hints hints; // made for the first wrong name

  private JsonDocument(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Opens a document.
   *
   * @param bytes the document; must not change while it is read
   * @param maxBytes the largest length that is read
   * @throws MalformedJsonException if it is too long or not in UTF-8
   */
  public static JsonDocument of(byte[] bytes, int maxBytes) throws MalformedJsonException {
    if (bytes.length > maxBytes) {
      throw new MalformedJsonException(
          "it has %s bytes, at most %s are read".formatted(bytes.length, maxBytes), 1, 1);
    }

    return of(bytes, 0, bytes.length);
  }

  /**
   * Opens a document that is a part of an array, such as a line.
   *
   * @param bytes must not change while the document is read
   * @throws MalformedJsonException if it is not in UTF-8
   */
  public static JsonDocument of(byte[] bytes, int offset, int length)
      throws MalformedJsonException {
    return of(bytes, offset, length, FACTORY, true);
  }

  /**
   * Opens a value within a document that was read to its end before, to read it again.
   *
   * @param bytes the whole document; must not change while it is read
   * @param at {@link #at} of the value's first token
   */
  public static JsonDocument within(byte[] bytes, int at) throws MalformedJsonException {
    return of(bytes, at, bytes.length - at, FACTORY, false);
  }

  /**
   * Opens a document that may also have the numbers {@code NaN}, {@code Infinity} and {@code
   * -Infinity}, as Python's {@code json} module writes them.
   *
   * @param bytes the document; must not change while it is read
   * @throws MalformedJsonException if it is not in UTF-8
   */
  public static JsonDocument withNaN(byte[] bytes) throws MalformedJsonException {
    return of(bytes, 0, bytes.length, WITH_NAN, true);
  }

  private static JsonDocument of(
      byte[] bytes, int offset, int length, JsonFactory factory, boolean isNew)
      throws MalformedJsonException {
    if (isNew) {
      checkEncoding(bytes, offset, length);
    }

    try {
      return new JsonDocument(factory.createParser(bytes, offset, length));
    } catch (IOException e) {
      throw new MalformedJsonException("its encoding cannot be determined", 1, 1);
    }
  }

  private static void checkEncoding(byte[] bytes, int offset, int length)
      throws MalformedJsonException {
    int bad = Utf8.firstIllFormed(bytes, offset, length);
    if (bad >= 0) {
      int line = 1;
      int lineStart = offset;
      for (int at = offset; at < bad; at++) {
        if (bytes[at] == '\n') {
          line++;
          lineStart = at + 1;
        }
      }

      throw new MalformedJsonException("not in UTF-8", line, bad - lineStart + 1);
    }

    if (length >= 3 && bytes[offset] == (byte) 0xef && bytes[offset + 1] == (byte) 0xbb) {
      if (bytes[offset + 2] == (byte) 0xbf) {
        throw new MalformedJsonException("it starts with a byte order mark, leave it out", 1, 1);
      }
    }

    // Jackson would read zero bytes here as UTF-16 or UTF-32; JSON in UTF-8 has none.
    for (int at = 0; at < Math.min(4, length); at++) {
      if (bytes[offset + at] == 0) {
        throw new MalformedJsonException("not in UTF-8", 1, at + 1);
      }
    }
  }

  /** Goes to the next token and returns it; null at the end of the document. */
  public JsonToken next() throws MalformedJsonException {
    try {
      return parser.nextToken();
    } catch (IOException | IllegalStateException e) {
      throw malformed(e);
    }
  }

  /**
   * Goes to the value of an object's next member and returns the member's name; null at the
   * object's end.
   */
  public String member() throws MalformedJsonException {
    if (next() != JsonToken.FIELD_NAME) {
      return null;
    }

    String name = name();
    next();
    return name;
  }

  /** Returns the current token; null before the first and after the last. */
  public JsonToken token() {
    return parser.currentToken();
  }

  /** Returns the index of the document's byte at which the current token begins. */
  public int at() {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  /** Returns the name of the field whose name or value is the current token. */
  public String name() throws MalformedJsonException {
    try {
      return parser.currentName();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * Returns the current token's text. It may hold unpaired surrogates.
   *
   * @throws MalformedJsonException if it is too long
   */
  public String text() throws MalformedJsonException {
    try {
      String text = parser.getText();
      if (text.length() > MAX_TEXT) {
        throw malformed("a text has more than %s characters".formatted(MAX_TEXT));
      }

      return text;
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Encodes the current token's text, or a number as it is written, as {@link TextBytes} does. */
  public void text(TextBytes into) throws MalformedJsonException {
    try {
      into.encode(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Returns whether the current token, a number, has too many characters to be read. */
  public boolean isLongNumber() throws MalformedJsonException {
    try {
      return parser.getTextLength() > NumberText.MAX_LENGTH;
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * Returns the current token, a number, as the nearest {@code double}; NaN only in a document that
   * may have it.
   */
  public double number() throws MalformedJsonException {
    try {
      return parser.getDoubleValue();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Skips to the end of the object or array that starts at the current token, if one does. */
  public void skip() throws MalformedJsonException {
    JsonToken token = token();
    int open = token != null && token.isStructStart() ? 1 : 0;
    while (open > 0) {
      token = next();
      if (token == null) {
        throw malformed("it ends inside an array or object");
      }

      open += token.isStructStart() ? 1 : 0;
      open -= token.isStructEnd() ? 1 : 0;
    }
  }

  /**
   * Reads to the end of the document.
   *
   * @throws MalformedJsonException if anything except white space follows the current token
   */
  public void end() throws MalformedJsonException {
    if (next() != null) {
      throw malformed("something follows the document");
    }
  }

  /** Returns the hints for the document's wrong names. */
  Hints hints() {
    if (hints == null) {
      hints = new Hints();
    }

    return hints;
  }

  /** Returns an exception about the current token. */
  public MalformedJsonException malformed(String reason) {
    JsonLocation location = parser.currentTokenLocation();
    return new MalformedJsonException(reason, line(location), column(location));
  }

  private MalformedJsonException malformed(Exception failure) {
    JsonLocation location = parser.currentLocation();
    String reason = "it cannot be read";
    if (failure instanceof JsonProcessingException refused) {
      reason = ASIDE.matcher(refused.getOriginalMessage()).replaceAll("");
      if (refused.getLocation() != null) {
        location = refused.getLocation();
      }
    }

    return new MalformedJsonException(reason, line(location), column(location));
  }

  private static int line(JsonLocation location) {
    return Math.max(1, location.getLineNr());
  }

  private static int column(JsonLocation location) {
    return Math.max(1, location.getColumnNr());
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot close a document in memory", e);
    }
  }
}
