package io.paritree.lookup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The columns of a key, and how their values are written as text, in JSON, and as {@link KeyBytes}.
 *
 * <p>Nothing is coerced: a text that is no value of its column is refused. Immutable and
 * thread-safe.
 */
public record KeyForm(@JsonValue List<KeyColumn> columns) implements Serializable {
  /** Digits without zeros before them, perhaps after a minus. */
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,18})");

  private static final Pattern DECIMAL = Pattern.compile("(?=.{1,64}$)-?[0-9]+(\\.[0-9]+)?");
  private static final Pattern TRUTH = Pattern.compile("true|false");
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_SECOND = 1_000_000;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public KeyForm {
    columns = List.copyOf(columns);
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("A key has at least one column");
    }
  }

  /** Returns the names of the columns, in their order. */
  public List<String> names() {
    return columns.stream().map(KeyColumn::name).toList();
  }

  /**
   * Adds a value to a key.
   *
   * @param column the value's place in the key; the values of all before it have been added
   * @throws InvalidKeyException if the column cannot have this value
   */
  public void add(int column, String text, KeyBytes key) throws InvalidKeyException {
    KeyColumn to = columns.get(column);
    try {
      switch (to.type()) {
        case INTEGER -> key.putLong(Long.parseLong(checked(INTEGER, to, text)));
        case DECIMAL -> {
          BigDecimal decimal = new BigDecimal(checked(DECIMAL, to, text));
          key.putDecimal(decimal.setScale(to.scale()).unscaledValue());
        }
        case TEXT -> key.putText(utf8(to, text), column == columns.size() - 1);
        case DATE -> key.putLong(LocalDate.parse(text).toEpochDay());
        case TIMESTAMP -> key.putLong(micros(OffsetDateTime.parse(spaced(text)).toInstant(), to));
        case TIMESTAMP_NTZ ->
            key.putLong(micros(LocalDateTime.parse(spaced(text)).toInstant(ZoneOffset.UTC), to));
        case BOOLEAN -> key.putBoolean(Boolean.parseBoolean(checked(TRUTH, to, text)));
      }
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw wrong(to, text);
    }
  }

  private static String spaced(String text) {
    return text.length() > 10 && text.charAt(10) == ' '
        ? text.substring(0, 10) + 'T' + text.substring(11)
        : text;
  }

  private static String checked(Pattern form, KeyColumn column, String text)
      throws InvalidKeyException {
    if (!form.matcher(text).matches()) {
      throw wrong(column, text);
    }

    return text;
  }

  private static byte[] utf8(KeyColumn column, String text) throws InvalidKeyException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (!new String(utf8, StandardCharsets.UTF_8).equals(text)) {
      throw wrong(column, text);
    }

    return utf8;
  }

  private static long micros(Instant instant, KeyColumn column) throws InvalidKeyException {
    if (instant.getNano() % NANOS_PER_MICRO != 0) {
      throw wrong(column, instant.toString());
    }

    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND),
        instant.getNano() / NANOS_PER_MICRO);
  }

  private static InvalidKeyException wrong(KeyColumn column, String text) {
    return new InvalidKeyException(column.name(), text, expected(column));
  }

  /** Returns what a column's values are, in words. */
  public static String expected(KeyColumn column) {
    return switch (column.type()) {
      case INTEGER -> "a whole number such as 4711";
      case DECIMAL -> "a number with at most %s digits after the point".formatted(column.scale());
      case TEXT -> "text";
      case DATE -> "a day such as 2026-11-24";
      case TIMESTAMP -> "an instant such as 2026-11-24T13:05:00Z, to the microsecond";
      case TIMESTAMP_NTZ ->
          "a date and time without an offset such as 2026-11-24T13:05:00, to the microsecond";
      case BOOLEAN -> "true or false";
    };
  }

  /** Writes a key as a JSON object with a member per column. */
  public void write(byte[] key, JsonGenerator json) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(key);
    json.writeStartObject();
    for (int index = 0; index < columns.size(); index++) {
      KeyColumn column = columns.get(index);
      json.writeFieldName(column.name());
      switch (column.type()) {
        case INTEGER -> json.writeNumber(bytes.getLong());
        case DECIMAL -> {
          byte[] digits = new byte[bytes.get()];
          bytes.get(digits);
          json.writeNumber(new BigDecimal(new BigInteger(digits), column.scale()).toPlainString());
        }
        case TEXT -> {
          boolean isLast = index == columns.size() - 1;
          int length = isLast ? bytes.remaining() : bytes.getInt();
          byte[] utf8 = new byte[Math.min(length, bytes.remaining() + 1)]; // or get() refuses it
          bytes.get(utf8);
          json.writeString(new String(utf8, StandardCharsets.UTF_8));
        }
        case DATE, TIMESTAMP, TIMESTAMP_NTZ ->
            json.writeString(column.type().text(bytes.getLong()));
        case BOOLEAN -> json.writeBoolean(bytes.get() == 1);
      }
    }

    json.writeEndObject();
  }
}
