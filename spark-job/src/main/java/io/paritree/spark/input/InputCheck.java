package io.paritree.spark.input;

import io.paritree.feature.Schema;
import io.paritree.spark.tables.PinnedTable;
import io.paritree.spark.tables.TableFile;
import io.paritree.store.CallsAtOnce;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;

/**
 * Compares an input with what the model and the run need, before any task runs.
 *
 * <p>All problems are collected, so that one run reports them all.
 */
public final class InputCheck {
  private final InputFormat format;
  private final Input listing;
  private final AskedColumns asked;
  private final CallsAtOnce calls;
  private final List<String> problems;
  private final AddedReads added = new AddedReads();

  /**
   * @param carried keys and passed columns, which need not be features
   * @param stated columns of the partition that all rows go to, or of those that they have gone to;
   *     the input's columns of these names are read, if it has some
   * @param calls how many files are read at the same time
   * @param problems receives a message for each problem
   */
  public InputCheck(
      InputFormat format,
      Input listing,
      Schema schema,
      List<String> carried,
      List<String> stated,
      CallsAtOnce calls,
      List<String> problems) {
    this.calls = calls;
    this.format = format;
    this.listing = listing;
    this.asked = new AskedColumns(listing, schema, carried, stated);
    this.problems = problems;
  }

  /**
   * Adds a model that shall score the rows, too. What it reads is read if the input has all of it;
   * otherwise the input is {@link #unfit} for it, which is no problem.
   */
  public void add(String name, Schema of) {
    added.add(
        name, new InputCheck(format, listing, of, List.of(), List.of(), calls, new ArrayList<>()));
  }

  /** Returns why the input lacks what added models read, by their names. */
  public Map<String, String> unfit() {
    return added.unfit();
  }

  /** Returns the names of the columns that this reads. */
  Set<String> names() {
    return asked.names();
  }

  /** Returns what is wrong so far. */
  List<String> problems() {
    return problems;
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
    return listing.check(this, selected, session, fileRead);
  }

  /** Returns the names of all columns that may be read. */
  private Set<String> allNames() {
    Set<String> all = new LinkedHashSet<>(asked.names());
    all.addAll(added.names());
    return all;
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
    asked.leaveOutUnless(found);
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

  private Map<String, ReadColumn> columns(List<FileSchema> schemas, SQLConf sql) {
    FileColumns columns = new FileColumns(format, listing, asked, sql, problems);
    return checked(columns.of(schemas));
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
            && new TableFooters(format, added, calls, problems)
                .check(input, selected, inFiles, found, session, fileRead, rows);
    for (TableFile file : input.table().files()) {
      String name = TableInput.name(listing.root().orElseThrow(), file);
      file.rows().ifPresent(count -> rows.put(name, count));
      rows.computeIfPresent(name, (same, count) -> count - file.deletedRows());
    }

    List<ReadColumn> more = added.columns(found, columns.keySet());
    return new CheckedInput(
        format, listing, selected, List.copyOf(columns.values()), more, isReadByRows, rows);
  }

  private Map<String, ReadColumn> columns(PinnedTable table, Set<String> inFiles) {
    return checked(new TableColumns(listing, asked, problems).of(table, inFiles));
  }

  private Map<String, ReadColumn> checked(Map<String, ReadColumn> columns) {
    if (format != InputFormat.CSV) {
      asked.checkTypes(columns, problems);
    }

    return columns;
  }
}
