package io.paritree.spark.input;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One level of a partitioned directory: a column and its value as text, unescaped.
 *
 * @param column the column's name
 * @param value the value; {@link #HIVE_DEFAULT} means null
 */
public record PartitionValue(String column, String value) {
  /** The directory value that means null. */
  public static final String HIVE_DEFAULT = "__HIVE_DEFAULT_PARTITION__";

  private static final String ESCAPED = "\"#%'*/:=?\\{[]^\u007f";

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

  /**
   * Returns the path of the same partition with the escapes that Hive and Spark write. Others write
   * {@code New%20York} or {@code a%3ab}.
   */
  public static String canonical(String path) {
    return ofPath(path).stream()
        .map(PartitionValue::directoryName)
        .collect(Collectors.joining("/"));
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

  /** Returns whether a directory name is that of a partition, or a text has its form. */
  public static boolean isPartitionName(String name) {
    return name.indexOf('=') > 0;
  }

  /** Returns whether the value means null. */
  public boolean isNull() {
    return value.equals(HIVE_DEFAULT);
  }

  /** Returns the directory name, escaped as Hive and Spark do. */
  public String directoryName() {
    return escaped(column) + "=" + (value.isEmpty() ? HIVE_DEFAULT : escaped(value));
  }

  private static String escaped(String text) {
    StringBuilder name = new StringBuilder();
    for (char at : text.toCharArray()) {
      if (at < ' ' || ESCAPED.indexOf(at) >= 0) {
        name.append('%').append(hex(at >> 4)).append(hex(at & 15));
      } else {
        name.append(at);
      }
    }

    return name.toString();
  }

  private static char hex(int digit) {
    return "0123456789ABCDEF".charAt(digit);
  }

  static String unescaped(String name) {
    if (name.indexOf('%') < 0) {
      return name;
    }

    StringBuilder text = new StringBuilder();
    for (int at = 0; at < name.length(); at++) {
      char next = name.charAt(at);
      int code =
          next == '%' && at + 2 < name.length()
              ? Character.digit(name.charAt(at + 1), 16) * 16
                  + Character.digit(name.charAt(at + 2), 16)
              : -1;
      boolean escape =
          next == '%'
              && at + 2 < name.length()
              && Character.digit(name.charAt(at + 1), 16) >= 0
              && Character.digit(name.charAt(at + 2), 16) >= 0;
      if (escape) {
        text.append((char) code);
        at += 2;
      } else {
        text.append(next);
      }
    }

    return text.toString();
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
