package io.paritree.spark.input;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataTypes;

/**
 * Compares the columns of files, which must be the same in all of them.
 *
 * @param sql how Spark reads Parquet
 * @param problems receives a message for each problem
 */
record FileColumns(
    InputFormat format, Input listing, AskedColumns asked, SQLConf sql, List<String> problems) {

  /** Returns the columns as all files have them; they have what is no problem. */
  Map<String, ReadColumn> of(List<FileSchema> schemas) {
    Map<String, ReadColumn> columns = new LinkedHashMap<>();
    if (schemas.isEmpty()) {
      return columns;
    }

    FileSchema first = schemas.get(0);
    StoredTypes types = new StoredTypes(sql, problems);
    for (String name : asked.names()) {
      column(name, first, types).ifPresent(column -> columns.put(name, column));
    }

    for (ReadColumn column : List.copyOf(columns.values())) {
      if (format == InputFormat.PARQUET && !column.isPartition()) {
        columns.put(column.name(), types.widest(column, schemas));
      }
    }

    for (FileSchema file : schemas) {
      checkSameColumns(file, first, columns);
    }

    problems.addAll(FileSchema.problems(schemas, asked.names()));
    return columns;
  }

  private Optional<ReadColumn> column(String name, FileSchema file, StoredTypes types) {
    List<String> levels = listing.partitionColumns();
    int level = levels.indexOf(name);
    if (levels.lastIndexOf(name) > level) {
      problems.add(
          "column '%s' occurs twice in the partition columns %s; which one counts is unclear"
              .formatted(name, listing.partitionColumns()));
      return Optional.empty();
    }

    boolean inFile = file.columns().contains(name);
    if (level >= 0 && inFile) {
      problems.add(
          "column '%s' occurs in the directory names and in file %s; which one counts is unclear"
              .formatted(name, file.file().name()));
      return Optional.empty();
    }

    if (level >= 0) {
      return Optional.of(new ReadColumn(name, DataTypes.StringType, level));
    }

    if (!inFile) {
      problems.add(asked.missing(name, file.columns(), "file " + file.file().name()));
      return Optional.empty();
    }

    if (!checkOnce(name, file)) {
      return Optional.empty();
    }

    if (format == InputFormat.PARQUET
        && name.equals(ParquetFileFormat.ROW_INDEX_TEMPORARY_COLUMN_NAME())) {
      problems.add("column '%s' has a name that Spark reserves; rename it".formatted(name));
      return Optional.empty();
    }

    return format == InputFormat.CSV
        ? Optional.of(new ReadColumn(name, DataTypes.StringType, -1))
        : types.of(name, file).map(type -> new ReadColumn(name, type, -1));
  }

  private boolean checkOnce(String name, FileSchema file) {
    boolean isOnce = Collections.frequency(file.columns(), name) == 1;
    if (!isOnce) {
      problems.add(
          "column '%s' occurs twice in file %s; which one counts is unclear"
              .formatted(name, file.file().name()));
    }

    return isOnce;
  }

  /** Refuses a file that lacks columns of the first file, or has them in another way. */
  private void checkSameColumns(
      FileSchema file, FileSchema first, Map<String, ReadColumn> columns) {
    if (file == first) {
      return;
    }

    for (ReadColumn column : columns.values()) {
      if (column.isPartition()) {
        if (file.columns().contains(column.name())) {
          problems.add(
              "column '%s' occurs in the directory names and in file %s; which one counts is unclear"
                  .formatted(column.name(), file.file().name()));
        }
      } else if (!file.columns().contains(column.name())) {
        problems.add(asked.missing(column.name(), file.columns(), "file " + file.file().name()));
      } else {
        checkOnce(column.name(), file);
      }
    }
  }
}
