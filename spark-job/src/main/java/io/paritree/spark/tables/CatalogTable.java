package io.paritree.spark.tables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A table of a catalog, or a view, that is read as Spark reads it.
 *
 * @param identity differs each time
 * @param only the values, as texts, that rows must have in some columns; an empty text for null
 */
public record CatalogTable(
    TableToRead asked,
    String identity,
    StructType schema,
    List<String> partitionColumns,
    Map<String, Set<String>> only)
    implements PinnedTable {
  public CatalogTable {
    partitionColumns = List.copyOf(partitionColumns);
    only = Map.copyOf(only);
  }

  public static CatalogTable of(SparkSession session, TableToRead asked, Dataset<Row> found)
      throws Exception {
    List<String> partitionColumns = new ArrayList<>();
    for (org.apache.spark.sql.catalog.Column column :
        session.catalog().listColumns(asked.name()).collectAsList()) {
      if (column.isPartition()) {
        partitionColumns.add(column.name());
      }
    }

    return new CatalogTable(
        asked, "read by " + UUID.randomUUID(), found.schema(), partitionColumns, Map.of());
  }

  /**
   * Returns the table with those rows only that have these values, as texts, in its partition
   * columns; an empty text is null.
   */
  public CatalogTable where(Map<String, Set<String>> values) {
    return new CatalogTable(asked, identity, schema, partitionColumns, values);
  }

  @Override
  public Dataset<Row> rows(SparkSession session, Map<String, Set<String>> partitions) {
    Dataset<Row> rows = session.read().table(asked.name());
    for (Map.Entry<String, Set<String>> one : only.entrySet()) {
      Column column = text(rows, one.getKey());
      Object[] values = one.getValue().stream().filter(value -> !value.isEmpty()).toArray();
      Column in = column.isin(values);
      rows = rows.filter(one.getValue().contains("") ? in.or(column.isNull()) : in);
    }

    return rows;
  }

  private static Column text(Dataset<Row> rows, String column) {
    return rows.col(SqlName.quoted(column)).cast("string");
  }

  /**
   * Returns the different values, as texts, that rows have now in the columns of {@link #only};
   * null for null.
   */
  public List<Map<String, String>> values(SparkSession session) {
    Dataset<Row> rows = rows(session, Map.of());
    List<String> columns = List.copyOf(only.keySet());
    Column[] texts = columns.stream().map(column -> text(rows, column)).toArray(Column[]::new);
    List<Map<String, String>> values = new ArrayList<>();
    for (Row row : rows.select(texts).distinct().collectAsList()) {
      Map<String, String> own = new HashMap<>();
      for (int at = 0; at < columns.size(); at++) {
        own.put(columns.get(at), row.getString(at));
      }

      values.add(own);
    }

    return values;
  }
}
