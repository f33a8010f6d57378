package io.paritree.spark.commit;

import io.paritree.spark.input.PartitionValue;
import io.paritree.spark.publish.PreparedPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;

/** The SQL expression that selects the rows of partitions, by the table's partition columns. */
final class PartitionPredicate {
  private PartitionPredicate() {}

  /** Returns the SQL expression that is true for the rows of these partitions. */
  static String of(List<PreparedPartition> partitions, TableState table) {
    if (table.partitionColumns().isEmpty()) {
      return "true";
    }

    List<List<PartitionValue>> paths =
        partitions.stream().map(partition -> PartitionValue.ofPath(partition.partition())).toList();
    if (table.partitionColumns().size() > 1) {
      return paths.stream()
          .map(
              values ->
                  values.stream()
                      .map(value -> equal(value, table))
                      .collect(Collectors.joining(" AND ", "(", ")")))
          .sorted()
          .collect(Collectors.joining(" OR "));
    }

    String column = PartitionText.quoted(table.partitionColumns().get(0));
    List<PartitionValue> all = paths.stream().map(values -> values.get(0)).toList();
    List<String> alternatives = new ArrayList<>();
    String texts =
        all.stream()
            .filter(value -> !value.isNull())
            .map(value -> literal(value, table))
            .sorted()
            .collect(Collectors.joining(", "));
    if (!texts.isEmpty()) {
      alternatives.add("%s IN (%s)".formatted(column, texts));
    }

    if (all.stream().anyMatch(PartitionValue::isNull)) {
      alternatives.add("%s IS NULL".formatted(column));
    }

    return String.join(" OR ", alternatives);
  }

  private static String equal(PartitionValue value, TableState table) {
    String column = PartitionText.quoted(value.column());
    return value.isNull()
        ? column + " IS NULL"
        : "%s = %s".formatted(column, literal(value, table));
  }

  private static String literal(PartitionValue value, TableState table) {
    DataType type = table.schema().apply(value.column()).dataType();
    String text = value.value().replace("\\", "\\\\").replace("'", "\\'");
    return type.sql().equals("STRING")
        ? "'%s'".formatted(text)
        : "CAST('%s' AS %s)".formatted(text, type.sql());
  }
}
