package io.paritree.spark.score;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.unsafe.types.UTF8String;

/** The values of a text column, which are decoded once if they are short and not too many. */
final class KnownTexts implements ColumnText {
  private static final int MOST = 1_024;
  private static final int MAX_BYTES = 256;

  private final Map<UTF8String, String> known = new HashMap<>();

  @Override
  public String of(SpecializedGetters row, int at) {
    UTF8String bytes = row.getUTF8String(at);
    String before = known.get(bytes);
    if (before != null) {
      return before;
    }

    String text = text(bytes.toString());
    if (known.size() < MOST && bytes.numBytes() <= MAX_BYTES) {
      known.put(bytes.copy(), text);
    }

    return text;
  }

  /** Returns a text, which others write with capitals if it is true or false. */
  private static String text(String text) {
    return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")
        ? text.toLowerCase(Locale.ROOT)
        : text;
  }
}
