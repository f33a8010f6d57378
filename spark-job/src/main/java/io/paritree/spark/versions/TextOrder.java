package io.paritree.spark.versions;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.spark.sql.types.StringType;

/** How Spark compares texts: byte for byte, or, since Spark 4.0, by a collation. */
public final class TextOrder {
  private static final boolean HAS_COLLATIONS = hasCollations();

  private TextOrder() {}

  private static boolean hasCollations() {
    try {
      MethodHandles.publicLookup()
          .findVirtual(
              StringType.class, "isUTF8BinaryCollation", MethodType.methodType(boolean.class));
      return true;
    } catch (NoSuchMethodException e) {
      return false;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns whether texts are equal only if their bytes are. */
  public static boolean isOfBytes(StringType type) {
    return !HAS_COLLATIONS || type.isUTF8BinaryCollation();
  }
}
