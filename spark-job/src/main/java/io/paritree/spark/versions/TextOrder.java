package io.paritree.spark.versions;

import java.util.Arrays;
import org.apache.spark.sql.types.StringType;

/** How Spark compares texts: byte for byte, or, since Spark 4.0, by a collation. */
public final class TextOrder {
  private static final boolean HAS_COLLATIONS =
      Arrays.stream(StringType.class.getMethods())
          .anyMatch(method -> method.getName().equals("isUTF8BinaryCollation"));

  private TextOrder() {}

  /** Returns whether texts are equal only if their bytes are. */
  public static boolean isOfBytes(StringType type) {
    return !HAS_COLLATIONS || type.isUTF8BinaryCollation();
  }
}
