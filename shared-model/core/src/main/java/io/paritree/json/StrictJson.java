package io.paritree.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.paritree.Fault;
import io.paritree.feature.NearestName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One JSON document whose form is known, read token by token.
 *
 * <p>Unknown keys (except in {@link #namedValues}), repeated keys, and anything after the document
 * are refused. Every failure names the file, the place as a JSON pointer, what came and what was
 * expected. Used by one thread, for one document.
 */
public final class StrictJson {
  private static final int MAX_SHOWN = 60;
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(12)
                  .maxNameLength(1_024)
                  .maxStringLength(1 << 20)
                  .maxNumberLength(64)
                  .build())
          .build();

  private final String origin;
  private final String document;
  private final JsonParser parser;
  private final int most;
  private int values;

  /** Reads a value whose first token is the current one, and stops at the value's last token. */
  @FunctionalInterface
  public interface Value {
    void read() throws BrokenJsonException;
  }

  /** Reads the value of the named member, as {@link Value} does. */
  @FunctionalInterface
  public interface NamedValue {
    void read(String name) throws BrokenJsonException;
  }

  /**
   * @param origin names the document in messages
   */
  public StrictJson(String origin, byte[] content) throws BrokenJsonException {
    this(origin, content, Integer.MAX_VALUE);
  }

  /**
   * @param origin names the document in messages
   * @param most members and elements that it may have, so that what is made of it has a size
   */
  public StrictJson(String origin, byte[] content, int most) throws BrokenJsonException {
    this.most = most;
    this.origin = origin;
    this.document = Utf8Text.of(origin, content);
    try {
      this.parser = FACTORY.createParser(document);
    } catch (IOException e) {
      throw new BrokenJsonException("Cannot read %s".formatted(origin), e);
    }
  }

  /** Reads the whole document with {@code value}, and refuses anything after it. */
  public void document(Value value) throws BrokenJsonException {
    next();
    value.read();
    if (next() != null) {
      throw wrong("the end of the document");
    }
  }

  /**
   * Reads an object with a closed set of members.
   *
   * @param required the members that must be present
   */
  public void object(Map<String, Value> members, Set<String> required) throws BrokenJsonException {
    String place = place();
    Set<String> seen = new HashSet<>();
    namedValues(
        name -> {
          Value member = members.get(name);
          if (member == null) {
            throw unknown(name, members.keySet());
          }

          seen.add(name);
          member.read();
        });
    Set<String> absent = new TreeSet<>(required);
    absent.removeAll(seen);
    if (!absent.isEmpty()) {
      throw new BrokenJsonException(
          "Cannot read %s at %s: got an object without %s, expected these keys: %s"
              .formatted(origin, place, absent, new TreeSet<>(required)),
          place,
          null);
    }
  }

  /** Reads an object with any members, each name once. */
  public void namedValues(NamedValue value) throws BrokenJsonException {
    expect(JsonToken.START_OBJECT, "an object");
    Set<String> names = new HashSet<>();
    while (next() != JsonToken.END_OBJECT) {
      String name = name();
      if (!names.add(name)) {
        throw wrong("each key once");
      }

      next();
      count();
      value.read(name);
    }
  }

  /** Reads an array. */
  public void list(Value element) throws BrokenJsonException {
    expect(JsonToken.START_ARRAY, "an array");
    while (next() != JsonToken.END_ARRAY) {
      count();
      element.read();
    }
  }

  private void count() throws BrokenJsonException {
    values++;
    if (values > most) {
      throw wrong("at most %s members and elements in all".formatted(most));
    }
  }

  public String text() throws BrokenJsonException {
    expect(JsonToken.VALUE_STRING, "text");
    return shown();
  }

  public boolean truth() throws BrokenJsonException {
    if (token() != JsonToken.VALUE_TRUE && token() != JsonToken.VALUE_FALSE) {
      throw wrong("true or false");
    }

    return token() == JsonToken.VALUE_TRUE;
  }

  /** Returns a text, or a number, true or false as it is written. */
  public String literal() throws BrokenJsonException {
    if (token() == null || !token().isScalarValue() || isNull()) {
      throw wrong("a text, a number, true or false");
    }

    return shown();
  }

  /** Returns the nearest double of a number; it is finite. */
  public double number() throws BrokenJsonException {
    if (!isNumber()) {
      throw wrong("a number");
    }

    double value = Double.parseDouble(shown());
    if (Double.isInfinite(value)) {
      throw wrong("a number within the range of a double");
    }

    return value;
  }

  /** Returns the nearest double of a number that is finite as a {@code float} too. */
  public double floatNumber() throws BrokenJsonException {
    double value = number();
    if (Float.isInfinite((float) value)) {
      throw wrong("a number that is finite as a float");
    }

    return value;
  }

  /** Returns a double as {@link JsonText} writes it: a number, or the text of one not finite. */
  public double realDouble() throws BrokenJsonException {
    return isText() ? notFinite() : number();
  }

  /**
   * Returns a float as {@link JsonText} writes it: the nearest one of a number, or the text of one
   * not finite.
   */
  public float realFloat() throws BrokenJsonException {
    if (isText()) {
      return (float) notFinite();
    }

    floatNumber();
    return Float.parseFloat(shown()); // by way of a double, it would be rounded twice
  }

  private double notFinite() throws BrokenJsonException {
    return switch (shown()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw wrong("a number, or the text NaN, Infinity or -Infinity");
    };
  }

  public long integer(long min, long max) throws BrokenJsonException {
    String expected = "a whole number from %s to %s".formatted(min, max);
    if (token() != JsonToken.VALUE_NUMBER_INT) {
      throw wrong(expected);
    }

    try {
      long value = Long.parseLong(shown());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the message below
    }

    throw wrong(expected);
  }

  public boolean isText() {
    return token() == JsonToken.VALUE_STRING;
  }

  public boolean isNumber() {
    return token() == JsonToken.VALUE_NUMBER_INT || token() == JsonToken.VALUE_NUMBER_FLOAT;
  }

  public boolean isObject() {
    return token() == JsonToken.START_OBJECT;
  }

  public boolean isNull() {
    return token() == JsonToken.VALUE_NULL;
  }

  /** Skips the value. */
  public void skip() throws BrokenJsonException {
    try {
      parser.skipChildren();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * Returns a text of the object that is the current value, of which nothing has been read: the
   * value of a member before which only texts are. Empty if there is none, or if it is not written
   * plainly. So an object that is not needed is skipped without being read.
   */
  public Optional<String> early(String name) {
    int at = (int) parser.currentTokenLocation().getCharOffset();
    while (is('{', at) || is(',', at)) {
      int key = blanks(at + 1);
      int keyEnd = is('"', key) ? document.indexOf('"', key + 1) : -1;
      int colon = keyEnd < 0 ? -1 : blanks(keyEnd + 1);
      int value = is(':', colon) ? blanks(colon + 1) : -1;
      int end = is('"', value) ? document.indexOf('"', value + 1) : -1;
      if (end < 0 || document.substring(key, end).indexOf('\\') >= 0) {
        return Optional.empty();
      }

      if (document.substring(key + 1, keyEnd).equals(name)) {
        return Optional.of(document.substring(value + 1, end));
      }

      at = blanks(end + 1);
    }

    return Optional.empty();
  }

  private boolean is(char wanted, int at) {
    return at >= 0 && at < document.length() && document.charAt(at) == wanted;
  }

  private int blanks(int from) {
    int at = from;
    while (at < document.length() && " \t\r\n".indexOf(document.charAt(at)) >= 0) {
      at++;
    }

    return at;
  }

  /** Returns the text of an object as it is written in the document, in UTF-8. */
  public byte[] raw() throws BrokenJsonException {
    expect(JsonToken.START_OBJECT, "an object");
    int start = (int) parser.currentTokenLocation().getCharOffset();
    skip();
    int end = (int) parser.currentLocation().getCharOffset();
    return document.substring(start, end).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns an exception: the current value is not what was expected. */
  public BrokenJsonException wrong(String expected) {
    return new BrokenJsonException(
        "Cannot read %s at %s: got %s, expected %s".formatted(origin, place(), got(), expected),
        place(),
        null);
  }

  /** Returns an exception: a member of the object that was read last is not what was expected. */
  public BrokenJsonException wrongMember(String name, String expected) {
    String object = place();
    String member = (object.equals(BrokenJsonException.WHOLE) ? "" : object) + "/" + name;
    return new BrokenJsonException(
        "Cannot read %s at %s: expected %s".formatted(origin, member, expected), member, null);
  }

  /** Returns an exception that names the current place and the reason. */
  public BrokenJsonException refused(String why, Throwable cause) {
    return new BrokenJsonException(
        "Cannot read %s at %s: %s".formatted(origin, place(), why), place(), cause);
  }

  private BrokenJsonException malformed(IOException e) {
    return malformed(origin, place(), e);
  }

  static BrokenJsonException malformed(String origin, String place, IOException e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String why = message.replaceFirst("(?s)( \\(start marker|\n).*", "");
    return new BrokenJsonException(
        "Cannot read %s at %s: it is not well-formed JSON: %s"
            .formatted(origin, place, Fault.printable(why, 200)),
        e);
  }

  private BrokenJsonException unknown(String name, Set<String> known) {
    String nearest = NearestName.of(name, known).map(" (did you mean '%s'?)"::formatted).orElse("");
    return new BrokenJsonException(
        "Cannot read %s at %s: got the unknown key '%s', expected one of %s%s"
            .formatted(origin, place(), printable(name), new TreeSet<>(known), nearest),
        place(),
        null);
  }

  private void expect(JsonToken token, String expected) throws BrokenJsonException {
    if (token() != token) {
      throw wrong(expected);
    }
  }

  private JsonToken next() throws BrokenJsonException {
    try {
      return parser.nextToken();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private String name() throws BrokenJsonException {
    if (token() != JsonToken.FIELD_NAME) {
      throw wrong("a key");
    }

    return shown();
  }

  private JsonToken token() {
    return parser.currentToken();
  }

  private String shown() throws BrokenJsonException {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private String got() {
    return got(parser);
  }

  /** Returns what a parser is at, in words. */
  static String got(JsonParser parser) {
    if (parser.currentToken() == null) {
      return "the end of the document";
    }

    try {
      return switch (parser.currentToken()) {
        case START_OBJECT -> "an object";
        case START_ARRAY -> "an array";
        case END_OBJECT, END_ARRAY -> "its end";
        case FIELD_NAME -> "the key '%s'".formatted(printable(parser.getText()));
        case VALUE_STRING -> "the text '%s'".formatted(printable(parser.getText()));
        default -> printable(parser.getText());
      };
    } catch (IOException e) {
      return "something unreadable";
    }
  }

  static String printable(String foreign) {
    return Fault.printable(foreign, MAX_SHOWN);
  }

  private String place() {
    String pointer = parser.getParsingContext().pathAsPointer().toString();
    return pointer.isEmpty() ? BrokenJsonException.WHOLE : shownPlace(pointer);
  }

  static String shownPlace(String pointer) {
    return Fault.printable(pointer, 200);
  }
}
