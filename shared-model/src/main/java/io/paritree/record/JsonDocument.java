package io.paritree.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberText;
import io.paritree.feature.Utf8;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * One JSON document, read token by token.
 *
 * <p>Strict RFC 8259 in well-formed UTF-8 without a byte order mark. Anything else is refused with
 * a {@link MalformedJsonException}. One value that is too large does not make the rest unreadable:
 * text of more than 65,536 characters and numbers of more than 64 ({@link #isLongNumber}) can be
 * skipped or reported by who reads them; so can arrays and objects that are nested more than 8
 * deep. Values beyond these limits are checked only as far as finding their end needs. Closing the
 * document returns its buffers to the thread. Not thread-safe.
 */
public final class JsonDocument implements AutoCloseable {
  private static final int MAX_TEXT = Feature.MAX_TEXT;

  private static final JsonFactory FACTORY = factory(FittedJson.MAX_DEPTH).build();
  private static final JsonFactory WITH_NAN = withNaN(factory(FittedJson.MAX_DEPTH));

  /** For copies with values cut to the limits. */
  private static final JsonFactory FITTED_FACTORY = factory(FittedJson.MAX_DEPTH + 1).build();

  private static final JsonFactory FITTED_WITH_NAN = withNaN(factory(FittedJson.MAX_DEPTH + 1));

  private static JsonFactoryBuilder factory(int maxDepth) {
    return (JsonFactoryBuilder)
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxDepth)
                    .maxStringLength(FittedJson.MAX_TEXT)
                    .maxNameLength(FittedJson.MAX_NAME)
                    .maxNumberLength(FittedJson.MAX_NUMBER)
                    .build())
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES);
  }

  private static JsonFactory withNaN(JsonFactoryBuilder factory) {
    return factory.enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  }

  /** The parts of Jackson's messages about its own settings and sources; they are cut out. */
  private static final Pattern ASIDE =
      Pattern.compile(
          ", from `[^`]*`|: enable `.*|: was expecting \\(JSON.*"
              + "| \\((?:for|start marker|not recognized).*"
              + "|\\[Source.*",
          Pattern.DOTALL);

  private final byte[] bytes;
  private final int offset;
  private final int length;
  private final JsonFactory fittedFactory;
  private JsonParser parser;
  private long tokens; // read so far
  private boolean fitted; // whether the parser reads a copy with values cut to the limits
  private Hints hints; // made for the first wrong name

  private JsonDocument(
      byte[] bytes, int offset, int length, JsonParser parser, JsonFactory fittedFactory) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.fittedFactory = fittedFactory;
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
    return of(bytes, offset, length, FACTORY, FITTED_FACTORY);
  }

  /**
   * Opens a document that may also have the numbers {@code NaN}, {@code Infinity} and {@code
   * -Infinity}, as Python's {@code json} module writes them.
   *
   * @param bytes the document; must not change while it is read
   * @throws MalformedJsonException if it is not in UTF-8
   */
  public static JsonDocument withNaN(byte[] bytes) throws MalformedJsonException {
    return of(bytes, 0, bytes.length, WITH_NAN, FITTED_WITH_NAN);
  }

  private static JsonDocument of(
      byte[] bytes, int offset, int length, JsonFactory factory, JsonFactory fittedFactory)
      throws MalformedJsonException {
    checkEncoding(bytes, offset, length);
    try {
      return new JsonDocument(
          bytes, offset, length, factory.createParser(bytes, offset, length), fittedFactory);
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
    JsonToken next = advance();
    if (fitted && next != null && next.isStructStart()) {
      if (parser.getParsingContext().getNestingDepth() > FittedJson.MAX_DEPTH) {
        throw malformed("it is nested too deep");
      }
    }

    return next;
  }

  private JsonToken advance() throws MalformedJsonException {
    try {
      JsonToken next = parser.nextToken();
      tokens++;
      return next;
    } catch (StreamConstraintsException e) {
      fit(e);
      return advance();
    } catch (IOException | IllegalStateException e) {
      throw malformed(e);
    }
  }

  /**
   * Goes to the current token of a copy in which everything that exceeds the parser's limits is
   * cut: the parser cannot continue after it has met such a thing.
   *
   * @param limit thrown by the parser when it met it
   */
  private void fit(StreamConstraintsException limit) throws MalformedJsonException {
    if (fitted) {
      throw malformed(limit);
    }

    fitted = true;
    long again = tokens;
    tokens = 0;
    close();
    try {
      parser =
          fittedFactory.createParser(
              FittedJson.of(Arrays.copyOfRange(bytes, offset, offset + length)));
    } catch (IOException e) {
      throw malformed(e);
    }

    while (tokens < again) {
      advance();
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

  /**
   * Encodes the current token's text as {@link TextBytes} does. If it has more than {@link
   * Feature#MAX_TEXT} characters, it may be cut, and still has more.
   */
  void text(TextBytes into) throws MalformedJsonException {
    try {
      into.encode(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    } catch (StreamConstraintsException e) {
      fit(e);
      text(into);
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
   * may have it. Not for a number that {@link #isLongNumber}, which may be cut.
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
      token = advance();
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
