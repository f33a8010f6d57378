package io.paritree.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.paritree.feature.Utf8;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * One JSON document, read token by token.
 *
 * <p>Strict RFC 8259 in well-formed UTF-8 without a byte order mark, nested at most 8 deep; text
 * has at most 65,536 characters, a name 256, a number 64. Anything else is refused with a {@link
 * MalformedJsonException}. Closing the document returns its buffers to the thread. Not thread-safe.
 */
public final class JsonDocument implements AutoCloseable {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_TEXT = 65_536;
  private static final int MAX_NAME = 256;
  private static final int MAX_NUMBER = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .maxNameLength(MAX_NAME)
                  .maxNumberLength(MAX_NUMBER)
                  .build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

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

    checkEncoding(bytes);
    try {
      return new JsonDocument(FACTORY.createParser(bytes));
    } catch (IOException e) {
      throw new MalformedJsonException("its encoding cannot be determined", 1, 1);
    }
  }

  private static void checkEncoding(byte[] bytes) throws MalformedJsonException {
    int bad = Utf8.firstIllFormed(bytes, 0, bytes.length);
    if (bad >= 0) {
      int line = 1;
      int lineStart = 0;
      for (int at = 0; at < bad; at++) {
        if (bytes[at] == '\n') {
          line++;
          lineStart = at + 1;
        }
      }

      throw new MalformedJsonException("not in UTF-8", line, bad - lineStart + 1);
    }

    if (bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb) {
      if (bytes[2] == (byte) 0xbf) {
        throw new MalformedJsonException("it starts with a byte order mark, leave it out", 1, 1);
      }
    }

    // Jackson would read zero bytes here as UTF-16 or UTF-32; JSON in UTF-8 has none.
    for (int at = 0; at < Math.min(4, bytes.length); at++) {
      if (bytes[at] == 0) {
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

  /** Returns the current token; null before the first and after the last. */
  public JsonToken token() {
    return parser.currentToken();
  }

  /** Returns the name of the field whose name or value is the current token. */
  public String name() throws MalformedJsonException {
    try {
      return parser.currentName();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Returns the current token's text. It may hold unpaired surrogates. */
  public String text() throws MalformedJsonException {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Encodes the current token's text as {@link TextBytes} does. */
  void text(TextBytes into) throws MalformedJsonException {
    try {
      into.encode(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Returns the current token, a number, as the nearest {@code double}. */
  public double number() throws MalformedJsonException {
    try {
      return parser.getDoubleValue();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Skips to the end of the object or array that starts at the current token, if one does. */
  public void skip() throws MalformedJsonException {
    try {
      parser.skipChildren();
    } catch (IOException | IllegalStateException e) {
      throw malformed(e);
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

  /** Returns an exception that says what is wrong at the current token. */
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
