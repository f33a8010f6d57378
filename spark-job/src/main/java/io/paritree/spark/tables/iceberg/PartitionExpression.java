package io.paritree.spark.tables.iceberg;

import io.paritree.output.PartitionValue;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.tables.PartitionText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;

/** Iceberg's expression that selects the rows of partitions. */
final class PartitionExpression {
  private PartitionExpression() {}

  /** Returns the expression that is true for the rows of these partitions. */
  static Expression of(List<PreparedPartition> partitions, Table table) {
    if (table.spec().isUnpartitioned()) {
      return Expressions.alwaysTrue();
    }

    // Partitions that differ in the last column only are one list of values.
    Map<List<PartitionValue>, List<PartitionValue>> byLeading =
        new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
    for (PreparedPartition partition : partitions) {
      List<PartitionValue> values = PartitionValue.ofPath(partition.partition());
      int last = values.size() - 1;
      byLeading
          .computeIfAbsent(values.subList(0, last), leading -> new ArrayList<>())
          .add(values.get(last));
    }

    List<Expression> alternatives = new ArrayList<>();
    byLeading.forEach(
        (leading, last) -> {
          Expression all = among(last, table.schema());
          for (PartitionValue value : leading) {
            all = Expressions.and(all, among(List.of(value), table.schema()));
          }

          alternatives.add(all);
        });
    return any(alternatives);
  }

  /** Combines expressions pair by pair, since Iceberg follows their nesting by recursion. */
  private static Expression any(List<Expression> alternatives) {
    int middle = alternatives.size() / 2;
    return alternatives.size() == 1
        ? alternatives.get(0)
        : Expressions.or(
            any(alternatives.subList(0, middle)),
            any(alternatives.subList(middle, alternatives.size())));
  }

  /** Returns the expression that is true for these values of one column. */
  private static Expression among(List<PartitionValue> values, Schema schema) {
    String column = values.get(0).column();
    Type type = schema.findType(column);
    List<Object> literals =
        values.stream()
            .filter(value -> !value.isNull())
            .map(value -> literal(value.value(), type))
            .toList();
    boolean hasNull = literals.size() < values.size();
    if (literals.isEmpty()) {
      return Expressions.isNull(column);
    }

    // With IN, Iceberg 1.11 fails as soon as any file has a null in a column of text.
    Expression in =
        type.typeId() == Type.TypeID.STRING
            ? any(literals.stream().map(text -> equal(column, text)).toList())
            : Expressions.in(column, literals.toArray());
    return hasNull ? Expressions.or(in, Expressions.isNull(column)) : in;
  }

  private static Expression equal(String column, Object literal) {
    return Expressions.equal(column, literal);
  }

  /** Returns a value as Iceberg's expressions take it; {@link PartitionText} has checked it. */
  private static Object literal(String text, Type type) {
    return switch (type.typeId()) {
      case INTEGER -> Integer.valueOf(text);
      case LONG -> Long.valueOf(text);
      case BOOLEAN -> Boolean.valueOf(text);
      default -> text; // Iceberg reads dates itself
    };
  }
}
