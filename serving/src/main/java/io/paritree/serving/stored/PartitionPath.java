package io.paritree.serving.stored;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The directory names of a partition, {@code column=value/...}, and their order. */
final class PartitionPath {
  private static final String NULL = "__HIVE_DEFAULT_PARTITION__";

  /**
   * The order of directory names: null before all values; values that are whole numbers or decimals
   * as numbers and before others, these as text.
   */
  static final Comparator<String> ORDER =
      Comparator.comparing((String name) -> !name.endsWith("=" + NULL))
          .thenComparing(PartitionPath::number, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparing(Comparator.naturalOrder());

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");

  private PartitionPath() {}

  private static BigDecimal number(String name) {
    String value = name.substring(name.indexOf('=') + 1);
    return NUMBER.matcher(value).matches() ? new BigDecimal(value) : null;
  }

  /**
   * Returns whether a text names a value of a partition; a null is named as directories name it.
   *
   * @param value null for a null
   */
  static boolean is(String text, String value) {
    return text.equals(value == null ? NULL : value);
  }

  /** Compares two partitions: the newest is the largest. */
  static int compare(String one, String other) {
    String[] first = one.split("/");
    String[] second = other.split("/");
    for (int level = 0; level < Math.min(first.length, second.length); level++) {
      int order = ORDER.compare(first[level], second[level]);
      if (order != 0) {
        return order;
      }
    }

    return first.length - second.length;
  }

  /** Returns the values of a partition by their columns, in order; null for a null. */
  static Map<String, String> values(String path) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : path.isEmpty() ? new String[0] : path.split("/")) {
      int equals = name.indexOf('=');
      String value = name.substring(equals + 1);
      values.put(
          unescaped(name.substring(0, equals)), value.equals(NULL) ? null : unescaped(value));
    }

    return Collections.unmodifiableMap(values);
  }

  /** Returns a text in which Hive has written some characters as {@code %} and two digits. */
  private static String unescaped(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int at = 0; at < text.length(); ) {
      if (text.charAt(at) == '%' && text.substring(at).matches("(?s)%[0-9a-fA-F]{2}.*")) {
        bytes.write(Integer.parseInt(text.substring(at + 1, at + 3), 16));
        at += 3;
      } else {
        int point = text.codePointAt(at);
        bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        at += Character.charCount(point);
      }
    }

    return bytes.toString(StandardCharsets.UTF_8);
  }
}
