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
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * The rows of a directory or a table as a Dataset with the columns that are read: values of
 * partitions as texts. Its files are Parquet.
 */
public final class InputRows {
  /** The number of a row's partition among the selected ones. */
  private static final String SOURCE = "_paritree_source";

  private InputRows() {}

  /** Returns the rows of all selected partitions. */
  public static Dataset<Row> of(SparkSession session, Input listing, CheckedInput checked) {
    SparkSession reading = checked.reading(session);
    return listing instanceof TableInput table
        ? ofTable(reading, table, checked)
        : ofFiles(reading, listing, checked);
  }

  private static Dataset<Row> ofFiles(SparkSession session, Input listing, CheckedInput checked) {
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

      Dataset<Row> own =
          listing
              .rows(session, checked.format(), inFiles, files, Map.of())
              .select(columns.toArray(Column[]::new));
      all = all == null ? own : all.union(own);
    }

    return all == null ? none(session, checked) : all;
  }

  private static Dataset<Row> ofTable(
      SparkSession session, TableInput table, CheckedInput checked) {
    List<ReadColumn> inFiles =
        checked.read().stream().filter(column -> !column.isPartition()).toList();
    List<InputFile> files =
        checked.selected().stream().flatMap(source -> source.files().stream()).toList();
    if (table.isOfRows()) {
      return ofRows(session, table, checked, files);
    }

    boolean isAll = checked.selected().size() == table.partitions().size();
    Dataset<Row> rows =
        table.rows(session, checked.format(), inFiles, files, isAll ? Map.of() : values(checked));
    List<Column> columns = new ArrayList<>();
    inFiles.forEach(column -> columns.add(SqlName.column(column.name())));
    columns.add(table.groups(checked.selected()).column().as(SOURCE));
    Dataset<Row> own = rows.select(columns.toArray(Column[]::new)).filter(SOURCE + " is not null");
    List<Column> selected = new ArrayList<>();
    for (ReadColumn column : checked.read()) {
      selected.add(column.isPartition() ? text(checked, column) : SqlName.column(column.name()));
    }

    return own.select(selected.toArray(Column[]::new));
  }

  /** Returns the value of a partition as the job has it: the text in the table's log. */
  private static Column text(CheckedInput checked, ReadColumn column) {
    ArrayList<String> texts = new ArrayList<>();
    for (InputPartition source : checked.selected()) {
      PartitionValue value = source.values().get(column.partitionLevel());
      texts.add(value.isNull() ? null : value.value());
    }

    UDF1<Integer, String> text = texts::get;
    return functions.udf(text, DataTypes.StringType).apply(functions.col(SOURCE)).as(column.name());
  }

  private static Map<String, Set<String>> values(CheckedInput checked) {
    Map<String, Set<String>> values = new HashMap<>();
    for (InputPartition source : checked.selected()) {
      for (PartitionValue value : source.values()) {
        values
            .computeIfAbsent(value.column(), any -> new HashSet<>())
            .add(value.isNull() ? "" : value.value());
      }
    }

    return values;
  }

  /** Returns the rows of a table whose files are not known, which are one partition. */
  private static Dataset<Row> ofRows(
      SparkSession session, TableInput table, CheckedInput checked, List<InputFile> files) {
    Column[] columns =
        checked.read().stream()
            .map(
                column -> {
                  Column value = SqlName.column(column.name());
                  return column.isPartition()
                      ? value.cast(DataTypes.StringType).as(column.name())
                      : value;
                })
            .toArray(Column[]::new);
    return table.rows(session, checked.format(), checked.read(), files, Map.of()).select(columns);
  }

  private static Dataset<Row> none(SparkSession session, CheckedInput checked) {
    Column[] columns =
        checked.read().stream()
            .map(column -> functions.lit(null).cast(column.type()).as(column.name()))
            .toArray(Column[]::new);
    return session.range(0).select(columns);
  }
}
