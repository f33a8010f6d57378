package io.paritree.spark.input;

import io.paritree.output.PartitionValue;
import io.paritree.spark.tables.SqlName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * The rows of a directory or a table as a Dataset with the columns that are read: values of
 * partitions as texts, and of CSV files texts and {@link CsvLineRows#MALFORMED}.
 */
public final class InputRows {
  private InputRows() {}

  /**
   * Returns the rows of all selected partitions.
   *
   * @param carried columns whose cells must be UTF-8
   * @param comparison how names of columns are compared
   */
  public static Dataset<Row> of(
      SparkSession session,
      Input listing,
      CheckedInput checked,
      List<String> carried,
      ReadColumn.Case comparison) {
    SparkSession reading = checked.reading(session);
    return listing instanceof TableInput table
        ? ofTable(reading, table, checked)
        : ofFiles(reading, listing, checked, carried, comparison);
  }

  private static Dataset<Row> ofFiles(
      SparkSession session,
      Input listing,
      CheckedInput checked,
      List<String> carried,
      ReadColumn.Case comparison) {
    List<ReadColumn> inFiles =
        checked.read().stream().filter(column -> !column.isPartition()).toList();
    List<ReadColumn> inNames = checked.read().stream().filter(ReadColumn::isPartition).toList();
    List<List<InputPartition>> reads =
        inNames.isEmpty()
            ? List.of(checked.selected())
            : checked.selected().stream().map(List::of).toList();
    Dataset<Row> all = null;
    for (List<InputPartition> read : reads) {
      List<InputFile> files =
          read.stream().flatMap(partition -> partition.files().stream()).toList();
      List<Column> columns = new ArrayList<>();
      inFiles.forEach(column -> columns.add(SqlName.column(column.name())));
      for (ReadColumn column : inNames) {
        PartitionValue value = read.get(0).values().get(column.partitionLevel());
        columns.add(
            functions
                .lit(value.isNull() ? null : value.value())
                .cast(DataTypes.StringType)
                .as(column.name()));
      }

      if (files.isEmpty()) {
        continue;
      }

      boolean isCsv = checked.format() == InputFormat.CSV;
      if (isCsv) {
        columns.add(SqlName.column(CsvLineRows.MALFORMED));
      }

      Dataset<Row> own =
          isCsv
              ? CsvLineRows.of(session, inFiles, Set.copyOf(carried), files, comparison)
              : listing.rows(session, checked.format(), inFiles, files, Map.of());
      own = own.select(columns.toArray(Column[]::new));
      all = all == null ? own : all.union(own);
    }

    return all == null ? none(session, checked) : all;
  }

  private static Dataset<Row> ofTable(
      SparkSession session, TableInput table, CheckedInput checked) {
    List<String> levels = table.partitionColumns();
    List<ReadColumn> columns = new ArrayList<>(checked.read());
    for (int level = 0; level < levels.size(); level++) {
      String name = levels.get(level);
      if (columns.stream().noneMatch(column -> column.name().equals(name))) {
        columns.add(new ReadColumn(name, DataTypes.StringType, level));
      }
    }

    Map<String, Set<String>> values = new HashMap<>();
    Column isOf = functions.lit(levels.isEmpty());
    for (InputPartition source : checked.selected()) {
      Column isOfSource = functions.lit(true);
      for (PartitionValue value : source.values()) {
        Column column = SqlName.column(value.column()).cast(DataTypes.StringType);
        isOfSource =
            isOfSource.and(value.isNull() ? column.isNull() : column.equalTo(value.value()));
        values
            .computeIfAbsent(value.column(), any -> new HashSet<>())
            .add(value.isNull() ? "" : value.value());
      }

      isOf = isOf.or(isOfSource);
    }

    boolean isAll = checked.selected().size() == table.partitions().size();
    List<InputFile> files =
        checked.selected().stream().flatMap(source -> source.files().stream()).toList();
    Dataset<Row> rows =
        table.rows(session, checked.format(), columns, files, isAll ? Map.of() : values);
    List<Column> selected = new ArrayList<>();
    for (ReadColumn column : checked.read()) {
      Column value = SqlName.column(column.name());
      // As the job has them: the texts of a partition's values.
      selected.add(
          column.isPartition() ? value.cast(DataTypes.StringType).as(column.name()) : value);
    }

    return (isAll ? rows : rows.filter(isOf)).select(selected.toArray(Column[]::new));
  }

  private static Dataset<Row> none(SparkSession session, CheckedInput checked) {
    Column[] columns =
        checked.read().stream()
            .map(column -> functions.lit(null).cast(column.type()).as(column.name()))
            .toArray(Column[]::new);
    Dataset<Row> none = session.range(0).select(columns);
    return checked.format() == InputFormat.CSV
        ? none.withColumn(CsvLineRows.MALFORMED, functions.lit(false))
        : none;
  }
}
