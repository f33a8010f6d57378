package io.paritree.output;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One level of the path of a partition, {@code column=value/column=value}: a column and its value
 * as text, unescaped.
 *
 * <p>A writer escapes characters of a value as {@code %} and two digits. Hive and Spark escape some
 * of ASCII only; Arrow and DuckDB escape the bytes of UTF-8, so that {@code K%C3%B6ln} is {@code
 * Köln}. Bytes that are escaped one after the other are read as UTF-8 if they are UTF-8, otherwise
 * each as a character, as Hive and Spark read all of them.
 *
 * @param column the column's name
 * @param value the value; {@link #HIVE_DEFAULT} means null, and so does the empty text, which Hive
 *     and Spark write in the same way
 */
public record PartitionValue(String column, String value) {
  /** The directory value that means null. */
  public static final String HIVE_DEFAULT = "__HIVE_DEFAULT_PARTITION__";

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final HexFormat ESCAPED_BYTES = HexFormat.of().withPrefix("%");
  private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");
  private static final Pattern ESCAPES = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");
  private static final String ESCAPED = "\"#%'*/:=?\\{[]^\u007f";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");

  private static final Pattern DAY = Pattern.compile("([0-9]{4})(-?)([0-9]{2})\\2([0-9]{2})");
  private static final int FIRST_YEAR = 1900;
  private static final int LAST_YEAR = 2199;

  private static final Comparator<PartitionValue> BY_VALUE =
      Comparator.comparing((PartitionValue value) -> !value.isNull())
          .thenComparing(PartitionValue::number, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparing(PartitionValue::value);

  private static final Comparator<List<PartitionValue>> BY_VALUES =
      (one, other) -> {
        for (int level = 0; level < Math.min(one.size(), other.size()); level++) {
          int order = BY_VALUE.compare(one.get(level), other.get(level));
          if (order != 0) {
            return order;
          }
        }

        return one.size() - other.size();
      };

  /**
   * The order of paths, level by level; of partitions, the newest is the largest: null before all
   * values; values that are whole numbers or decimals as numbers and before others, these as text.
   */
  public static final Comparator<String> ORDER =
      Comparator.comparing(PartitionValue::ofPath, BY_VALUES);

  /** Reads a value; the empty text is null. */
  public PartitionValue {
    value = value.isEmpty() ? HIVE_DEFAULT : value;
  }

  /**
   * Returns the columns and values in the path of a directory below a root.
   *
   * @param path {@code column=value/column=value}, escaped as in the directory names; may be empty
   */
  public static List<PartitionValue> ofPath(String path) {
    List<PartitionValue> values = new ArrayList<>();
    if (!path.isEmpty()) {
      for (String name : path.split("/")) {
        int equals = name.indexOf('=');
        values.add(
            new PartitionValue(
                unescaped(name.substring(0, equals)), unescaped(name.substring(equals + 1))));
      }
    }

    return values;
  }

  /** Returns the values of a path by their columns, in order; null for a null. */
  public static Map<String, String> texts(String path) {
    Map<String, String> texts = new LinkedHashMap<>();
    ofPath(path).forEach(value -> texts.put(value.column, value.isNull() ? null : value.value));
    return Collections.unmodifiableMap(texts);
  }

  /** Returns the day that the value is, of 1900 to 2199: yyyy-MM-dd or yyyyMMdd; empty if none. */
  public Optional<LocalDate> day() {
    Matcher day = DAY.matcher(value);
    if (!day.matches()) {
      return Optional.empty();
    }

    int year = Integer.parseInt(day.group(1));
    try {
      LocalDate date =
          LocalDate.of(year, Integer.parseInt(day.group(3)), Integer.parseInt(day.group(4)));
      return Optional.of(date).filter(any -> year >= FIRST_YEAR && year <= LAST_YEAR);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Returns the path of a partition, with the escapes that Hive and Spark write. */
  public static String path(Collection<PartitionValue> values) {
    return values.stream().map(PartitionValue::directoryName).collect(Collectors.joining("/"));
  }

  /**
   * Returns the path of the same partition with the escapes that Hive and Spark write. Others write
   * {@code New%20York} or {@code a%3ab}.
   */
  public static String canonical(String path) {
    return path(ofPath(path));
  }

  /**
   * Returns the path, without escapes, as Hive and Spark read it: each escape is a character. It
   * differs from what {@link #ofPath} reads where escaped bytes are UTF-8 beyond ASCII.
   */
  public static String asSparkReads(String path) {
    return ESCAPE
        .matcher(path)
        .replaceAll(
            escape -> {
              int code = HexFormat.fromHexDigits(escape.group(1));
              return Matcher.quoteReplacement(String.valueOf((char) code));
            });
  }

  /** Returns whether Hive and Spark read other values in a path. */
  public static boolean isReadOtherwiseBySpark(String path) {
    return !unescaped(path).equals(asSparkReads(path));
  }

  /**
   * Reads {@code column=value} as a user writes it, without escapes.
   *
   * @throws IllegalArgumentException if it has no column
   */
  public static PartitionValue parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          "Cannot read partition '%s': column=value is expected".formatted(text));
    }

    return new PartitionValue(text.substring(0, equals), text.substring(equals + 1));
  }

  /** Returns whether a directory name, or a text, has the form of a partition. */
  public static boolean isPartitionName(String name) {
    return name.indexOf('=') > 0;
  }

  /** Returns whether {@link #ofPath} can read a path. */
  public static boolean isPath(String path) {
    return path.isEmpty()
        || Stream.of(path.split("/", -1)).allMatch(PartitionValue::isPartitionName);
  }

  /** Returns whether the value means null. */
  public boolean isNull() {
    return isNull(value);
  }

  /** Returns whether the text of a value means null. */
  public static boolean isNull(String value) {
    return value.isEmpty() || value.equals(HIVE_DEFAULT);
  }

  /** Returns the directory name, escaped as Hive and Spark do. */
  public String directoryName() {
    return escaped(column) + "=" + escaped(value);
  }

  private BigDecimal number() {
    return NUMBER.matcher(value).matches() ? new BigDecimal(value) : null;
  }

  private static String escaped(String text) {
    StringBuilder name = new StringBuilder();
    for (char at : text.toCharArray()) {
      if (at < ' ' || ESCAPED.indexOf(at) >= 0) {
        name.append('%').append(HEX.toHexDigits((byte) at));
      } else {
        name.append(at);
      }
    }

    return name.toString();
  }

  private static String unescaped(String name) {
    if (name.indexOf('%') < 0) {
      return name;
    }

    return ESCAPES
        .matcher(name)
        .replaceAll(
            escapes -> Matcher.quoteReplacement(text(ESCAPED_BYTES.parseHex(escapes.group()))));
  }

  /** Returns the text that bytes are, which were escaped one after the other. */
  private static String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  /** Returns the value as UTF-8; null if it means null. */
  public byte[] utf8() {
    return isNull() ? null : value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return column + "=" + value;
  }
}
