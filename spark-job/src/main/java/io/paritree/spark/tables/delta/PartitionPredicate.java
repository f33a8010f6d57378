package io.paritree.spark.tables.delta;

import io.paritree.output.PartitionValue;
import io.paritree.spark.tables.SqlName;
import io.paritree.spark.tables.TableState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The SQL expression that selects the rows of partitions, by the table's partition columns. */
final class PartitionPredicate {
  private PartitionPredicate() {}

  /** Returns the SQL expression that is true for the rows of these partitions. */
  static String of(List<String> partitions, TableState table) {
    if (table.partitionColumns().isEmpty()) {
      return "true";
    }

    List<List<PartitionValue>> paths = partitions.stream().map(PartitionValue::ofPath).toList();
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

    String column = SqlName.quoted(table.partitionColumns().get(0));
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

  /**
   * Returns the partitions whose values, read as their columns' types, an expression is true for.
   * Spark computes that without a job.
   *
   * @param partitions whose texts any writer may have chosen
   * @param predicate of {@link #of}
   */
  static Set<String> selected(
      SparkSession session, Set<String> partitions, String predicate, TableState table) {
    if (partitions.isEmpty()) {
      return Set.of();
    }

    List<String> columns = table.partitionColumns();
    String path = String.join("", columns) + "_path"; // longer than any column's name
    StructType texts = new StructType().add(path, DataTypes.StringType);
    List<String> typed = new ArrayList<>(List.of(SqlName.quoted(path)));
    for (String column : columns) {
      texts = texts.add(column, DataTypes.StringType);
      String name = SqlName.quoted(column);
      DataType type = table.schema().apply(column).dataType();
      typed.add("try_cast(%s AS %s) AS %s".formatted(name, type.sql(), name));
    }

    List<Row> rows = new ArrayList<>();
    for (String partition : partitions) {
      Map<String, String> values = PartitionValue.texts(partition);
      List<String> row = new ArrayList<>(List.of(partition));
      columns.forEach(column -> row.add(values.get(column)));
      rows.add(RowFactory.create(row.toArray()));
    }

    return session
        .createDataset(rows, Encoders.row(texts))
        .selectExpr(typed.toArray(String[]::new))
        .where(predicate)
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  private static String equal(PartitionValue value, TableState table) {
    String column = SqlName.quoted(value.column());
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
