package io.paritree.spark.input;

import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.NearestName;
import io.paritree.feature.Schema;
import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableFile;
import io.paritree.store.CallsAtOnce;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructField;

/**
 * Compares an input with what the model and the run need, before any task runs.
 *
 * <p>All problems are collected, so that one run reports them all.
 */
public final class InputCheck {
  private static final int MAX_SHOWN = 20;

  private final InputFormat format;
  private final Input listing;
  private final Schema schema;
  private final Set<String> names; // of all columns that the run reads, the carried ones first
  private final Set<String> stated; // of them, those that are read only if the input has them
  private final String by; // the one of them by whose values rows are divided; empty if none is
  private final ReadColumn.Case comparison;
  private final CallsAtOnce calls;
  private final List<String> problems;
  private final AddedReads added = new AddedReads();

  /**
   * @param carried keys and passed columns, which need not be features
   * @param stated columns of the partition that all rows go to; the input's columns of these names
   *     are read, if it has some
   * @param by the column by whose values rows are divided; empty if they are not
   * @param comparison how their names and the features' are compared with the names in files
   * @param calls how many files are read at the same time
   * @param problems receives a message for each problem
   */
  public InputCheck(
      InputFormat format,
      Input listing,
      Schema schema,
      List<String> carried,
      List<String> stated,
      String by,
      ReadColumn.Case comparison,
      CallsAtOnce calls,
      List<String> problems) {
    this.comparison = comparison;
    this.calls = calls;
    this.format = format;
    this.listing = listing;
    this.schema = schema;
    this.names = new LinkedHashSet<>(carried);
    schema.fields().forEach(field -> names.add(field.column()));
    this.by = names.contains(by) ? "" : by;
    if (!this.by.isEmpty()) {
      names.add(by);
    }

    this.stated = new LinkedHashSet<>(stated);
    this.stated.removeAll(names);
    for (String column : listing.partitionColumns()) {
      this.stated.remove(comparison.asked(column, stated));
    }

    names.addAll(this.stated);
    this.problems = problems;
  }

  /**
   * Adds a model that shall score the rows, too. What it reads is read if the input has all of it;
   * otherwise the input is {@link #unfit} for it, which is no problem.
   */
  public void add(String name, Schema of) {
    added.add(
        name,
        new InputCheck(
            format, listing, of, List.of(), List.of(), "", comparison, calls, new ArrayList<>()));
  }

  /** Returns why the input lacks what added models read, by their names. */
  public Map<String, String> unfit() {
    return added.unfit();
  }

  /** Returns the names of the columns that this reads. */
  Set<String> names() {
    return names;
  }

  /** Returns what is wrong so far. */
  List<String> problems() {
    return problems;
  }

  /** Returns the names of all columns that may be read. */
  private Set<String> allNames() {
    Set<String> all = new LinkedHashSet<>(names);
    all.addAll(added.names());
    return all;
  }

  /**
   * Checks the selected partitions.
   *
   * @param selected what {@link PartitionChoice} chose from the listing
   * @param session its settings decide how Spark reads Parquet
   * @param fileRead is called after each file whose footer or header was read, by several threads
   */
  public CheckedInput check(
      List<InputPartition> selected, SparkSession session, Runnable fileRead) {
    checkApart();
    return listing.check(this, selected, session, fileRead);
  }

  CheckedInput checkFiles(List<InputPartition> selected, SparkSession session, Runnable fileRead) {
    SQLConf sql = session.sessionState().conf();
    List<InputFile> files =
        selected.stream().flatMap(partition -> partition.files().stream()).toList();
    // If no selected partition has a file, the schema comes from a file of another one.
    List<InputFile> described =
        files.isEmpty() ? listing.files().stream().limit(1).toList() : files;
    if (described.isEmpty() && problems.isEmpty()) {
      problems.add("input %s holds no data file".formatted(listing.shown()));
    }

    List<FileSchema> schemas =
        FileSchemas.read(
            described,
            format,
            allNames(),
            comparison,
            HadoopPaths.settings(session),
            calls,
            problems,
            fileRead);
    Map<String, Long> rows = new HashMap<>();
    for (FileSchema file : schemas) {
      file.rows().ifPresent(count -> rows.put(file.file().name(), count));
    }

    if (format == InputFormat.CSV) {
      schemas = schemas.stream().filter(schema -> !schema.columns().isEmpty()).toList();
      if (schemas.isEmpty() && !described.isEmpty() && problems.isEmpty()) {
        problems.add("no file of input %s has a header line".formatted(listing.shown()));
      }
    }

    Set<String> found =
        schemas.stream().flatMap(file -> file.columns().stream()).collect(Collectors.toSet());
    names.removeIf(name -> stated.contains(name) && !found.contains(name));
    Map<String, ReadColumn> columns = columns(schemas, sql);
    List<FileSchema> all = schemas;
    List<ReadColumn> more =
        added.columns(added.find((check, inFiles) -> check.columns(all, sql)), columns.keySet());
    Set<String> read = new HashSet<>(columns.keySet());
    more.forEach(column -> read.add(column.name()));
    boolean isReadByRows =
        !sql.parquetVectorizedReaderEnabled()
            || schemas.stream().anyMatch(file -> !Collections.disjoint(file.onlyByRows(), read));
    return new CheckedInput(
        format, listing, selected, List.copyOf(columns.values()), more, isReadByRows, rows);
  }

  /** Returns the columns as all files have them; they have what is no problem. */
  private Map<String, ReadColumn> columns(List<FileSchema> schemas, SQLConf sql) {
    Map<String, ReadColumn> columns = new LinkedHashMap<>();
    if (schemas.isEmpty()) {
      return columns;
    }

    FileSchema first = schemas.get(0);
    StoredTypes types = new StoredTypes(sql, problems);
    for (String name : names) {
      column(name, first, types).ifPresent(column -> columns.put(name, column));
    }

    for (ReadColumn column : List.copyOf(columns.values())) {
      if (format == InputFormat.PARQUET && !column.isPartition()) {
        columns.put(column.name(), types.widest(column, schemas));
      }
    }

    for (FileSchema file : schemas) {
      checkSameColumns(file, first, columns);
      problems.addAll(file.problems(names));
    }

    checkFeatures(columns);
    return columns;
  }

  /**
   * Checks a table. Its log has the types of the columns. If it does not say how many rows the
   * files have, their footers do, and whether Spark can read them in batches.
   */
  CheckedInput checkTable(
      TableInput input, List<InputPartition> selected, SparkSession session, Runnable fileRead) {
    Set<String> inFiles = new LinkedHashSet<>();
    Map<String, ReadColumn> columns = columns(input.table(), inFiles);
    AddedReads.Found found =
        added.find(
            (check, own) -> {
              Map<String, ReadColumn> read = check.columns(input.table(), own);
              own.removeAll(inFiles);
              return read;
            });
    Map<String, Long> rows = new HashMap<>();
    boolean isReadByRows =
        !input.table().saysRows()
            && checkFooters(input, selected, inFiles, found, session, fileRead, rows);
    for (TableFile file : input.table().files()) {
      String name = TableInput.name(listing.root().orElseThrow(), file);
      file.rows().ifPresent(count -> rows.put(name, count));
      rows.computeIfPresent(name, (same, count) -> count - file.deletedRows());
    }

    List<ReadColumn> more = added.columns(found, columns.keySet());
    return new CheckedInput(
        format, listing, selected, List.copyOf(columns.values()), more, isReadByRows, rows);
  }

  /**
   * Returns the columns of a table; it has what is no problem.
   *
   * @param inFiles receives their names in the table's files
   */
  private Map<String, ReadColumn> columns(PinnedTable table, Set<String> inFiles) {
    Map<String, ReadColumn> columns = new LinkedHashMap<>();
    List<String> all = table.columns().stream().map(name -> comparison.asked(name, names)).toList();
    names.removeIf(name -> stated.contains(name) && !all.contains(name));
    for (String name : names) {
      int index = all.indexOf(name);
      if (index < 0) {
        problems.add(missing(name, all, "table " + table.shown()));
        continue;
      }

      StructField field = table.schema().fields()[index];
      int level = listing.partitionColumns().indexOf(field.name());
      columns.put(
          name, new ReadColumn(name, level < 0 ? type(name, field) : DataTypes.StringType, level));
      inFiles.add(table.nameInFiles(field.name()));
    }

    checkFeatures(columns);
    return columns;
  }

  private DataType type(String name, StructField field) {
    if (!(field.dataType() instanceof NullType)) {
      return field.dataType();
    }

    return FeatureTypes.ofNulls(
        schema.fields().stream()
            .filter(any -> any.column().equals(name))
            .flatMap(any -> any.features().stream())
            .toList());
  }

  /**
   * Reads the footers of a table's files.
   *
   * @param more what added models read, too
   * @param rows receives how many rows each has
   * @return whether Spark must read some of them row by row
   */
  private boolean checkFooters(
      TableInput input,
      List<InputPartition> selected,
      Set<String> inFiles,
      AddedReads.Found more,
      SparkSession session,
      Runnable fileRead,
      Map<String, Long> rows) {
    Set<String> all = new HashSet<>(inFiles);
    all.addAll(more.allInFiles());
    List<String> unreadable = new ArrayList<>();
    Configuration hadoop = HadoopPaths.settings(session);
    List<FileSchema> schemas =
        FileSchemas.read(
            selected.stream().flatMap(partition -> partition.files().stream()).toList(),
            format,
            all,
            ReadColumn.Case.COMPARED,
            hadoop,
            calls,
            unreadable,
            fileRead);
    if (!unreadable.isEmpty() && isAnyGone(selected, hadoop)) {
      problems.add(input.goneVersion().orElseThrow()); // which explains the others
    } else {
      problems.addAll(unreadable);
    }

    boolean isReadByRows = !session.sessionState().conf().parquetVectorizedReaderEnabled();
    for (FileSchema file : schemas) {
      rows.put(file.file().name(), file.rows().orElseThrow());
      isReadByRows |= !Collections.disjoint(file.onlyByRows(), all);
      problems.addAll(file.problems(inFiles));
      added.check(file, more);
    }

    return isReadByRows;
  }

  private static boolean isAnyGone(List<InputPartition> selected, Configuration hadoop) {
    try {
      for (InputPartition partition : selected) {
        for (InputFile file : partition.files()) {
          Path path = HadoopPaths.of(file.location());
          if (!path.getFileSystem(hadoop).exists(path)) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      return false; // perhaps why they are unreadable
    }

    return false;
  }

  private void checkApart() {
    Map<String, String> seen = new HashMap<>();
    for (String name : names) {
      String other = seen.putIfAbsent(comparison.key(name), name);
      if (other != null) {
        problems.add(
            "columns '%s' and '%s' are the same one if case is ignored; ask for it by one name"
                .formatted(other, name));
      }
    }
  }

  private Optional<ReadColumn> column(String name, FileSchema file, StoredTypes types) {
    List<String> levels =
        listing.partitionColumns().stream().map(level -> comparison.asked(level, names)).toList();
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
      problems.add(missing(name, file.columns(), "file " + file.file().name()));
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

  private String missing(String name, List<String> columns, String where) {
    String users =
        stated.contains(name) ? "which --output-partition has" : "a key or passed column";
    if (name.equals(by)) {
      users = "which --drift-by names";
    } else if (schema.fieldIndex(name) >= 0) {
      users = "which the model reads";
    }

    String nearest =
        columns.stream()
            .filter(column -> column.equalsIgnoreCase(name))
            .findFirst()
            .map(
                column ->
                    "; it has '%s', and names must match exactly (unless --ignore-case is set)"
                        .formatted(column))
            .or(() -> nearest(name, columns))
            .orElse("");
    return "column '%s', %s, is not in %s%s".formatted(name, users, where, nearest);
  }

  /** Returns a hint for a name that only this run uses, and may be mistyped. */
  private Optional<String> nearest(String name, List<String> columns) {
    List<String> all = new ArrayList<>(columns);
    all.addAll(listing.partitionColumns());
    return name.equals(by)
        ? NearestName.of(name, all).map("; did you mean '%s'?"::formatted)
        : Optional.empty();
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
        problems.add(missing(column.name(), file.columns(), "file " + file.file().name()));
      } else {
        checkOnce(column.name(), file);
      }
    }
  }

  private void checkFeatures(Map<String, ReadColumn> columns) {
    if (format == InputFormat.CSV) {
      return;
    }

    for (Field field : schema.fields()) {
      ReadColumn column = columns.get(field.column());
      if (column == null || column.isPartition()) {
        continue;
      }

      for (Feature feature : field.features()) {
        FeatureTypes.problem(feature, column.type())
            .ifPresent(problem -> problems.add("column '%s' %s".formatted(column.name(), problem)));
      }
    }
  }

  /**
   * @throws RefusedException with all problems, if there are any
   */
  public static void refuse(List<String> problems) throws RefusedException {
    if (!problems.isEmpty()) {
      throw new RefusedException(message(problems));
    }
  }

  /** Returns problems as one message: the first 20, and how many more there are. */
  public static String message(List<String> problems) {
    StringBuilder text =
        new StringBuilder(
            "Cannot score this, %s:"
                .formatted(problems.size() == 1 ? "1 problem" : problems.size() + " problems"));
    problems.stream().limit(MAX_SHOWN).forEach(problem -> text.append("\n  - ").append(problem));
    if (problems.size() > MAX_SHOWN) {
      text.append("\n  - and %s more".formatted(problems.size() - MAX_SHOWN));
    }

    return text.toString();
  }
}
