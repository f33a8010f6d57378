package io.paritree.spark.audit;

import io.paritree.spark.tables.SqlName;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Values of any type as texts, of which no two values of a type have the same one: times do not
 * depend on a zone, 0.0 is not -0.0, and parts of lists, maps and structs have their length before
 * them.
 */
final class ValueText {
  private ValueText() {}

  /** Returns the text of the value of an expression; null for a null. */
  static Column of(String value, DataType type) {
    return functions.expr(text(value, type, 0));
  }

  private static String text(String value, DataType type, int depth) {
    String part = "x" + depth;
    if (type instanceof ArrayType list) {
      return "concat('[', %s, ']')"
          .formatted(
              joined(
                  "transform(%s, %s -> %s)"
                      .formatted(value, part, text(part, list.elementType(), depth + 1))));
    } else if (type instanceof MapType map) {
      DataType entries =
          new ArrayType(
              new StructType().add("key", map.keyType()).add("value", map.valueType()), false);
      return text("map_entries(%s)".formatted(value), entries, depth);
    } else if (type instanceof StructType struct) {
      List<String> fields = new ArrayList<>();
      for (StructField field : struct.fields()) {
        String name = value + "." + SqlName.quoted(field.name());
        fields.add(text(name, field.dataType(), depth + 1));
      }

      return "if(%s is null, null, concat('{', %s, '}'))"
          .formatted(value, joined("array(%s)".formatted(String.join(", ", fields))));
    } else if (type instanceof TimestampType) {
      return "cast(unix_micros(%s) as string)".formatted(value);
    } else if (type instanceof BinaryType) {
      return "hex(%s)".formatted(value);
    }

    return "cast(%s as string)".formatted(value);
  }

  /** Returns the texts of a list as one, each after its length; a null has none. */
  private static String joined(String texts) {
    return "array_join(transform(%s, t -> coalesce(concat(length(t), ':', t), '-')), '')"
        .formatted(texts);
  }
}
