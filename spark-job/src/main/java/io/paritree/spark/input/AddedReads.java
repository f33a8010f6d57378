package io.paritree.spark.input;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What models that shall score the rows, too, read of an input. One for which the input is not fit
 * is left out, which is no problem of the run. Not thread-safe.
 */
final class AddedReads {
  private final Map<String, InputCheck> checks = new LinkedHashMap<>();
  private final Map<String, String> unfit = new LinkedHashMap<>();

  /** Finds the columns of one model, and keeps the problems with them. */
  interface Reading {
    /**
     * @param inFiles receives the names of its columns in the files, if these are other ones
     */
    Map<String, ReadColumn> of(InputCheck check, Set<String> inFiles);
  }

  /** What was found: columns by the names of models, and the names of these in files. */
  record Found(Map<String, Map<String, ReadColumn>> columns, Map<String, Set<String>> inFiles) {
    Set<String> allInFiles() {
      Set<String> all = new HashSet<>();
      inFiles.values().forEach(all::addAll);
      return all;
    }
  }

  /** Adds a model with the check of what it reads. */
  void add(String name, InputCheck check) {
    checks.put(name, check);
  }

  /** Returns why the input lacks what models read, by their names. */
  Map<String, String> unfit() {
    return Collections.unmodifiableMap(unfit);
  }

  /** Returns the names of all columns that they read. */
  Set<String> names() {
    Set<String> all = new LinkedHashSet<>();
    checks.values().forEach(check -> all.addAll(check.names()));
    return all;
  }

  /** Returns what each model reads. */
  Found find(Reading reading) {
    Map<String, Map<String, ReadColumn>> columns = new LinkedHashMap<>();
    Map<String, Set<String>> inFiles = new LinkedHashMap<>();
    checks.forEach(
        (name, check) -> {
          Set<String> own = new LinkedHashSet<>();
          columns.put(name, reading.of(check, own));
          inFiles.put(name, own);
        });
    return new Found(columns, inFiles);
  }

  /** Leaves models out for whose columns a file has a problem. */
  void check(FileSchema file, Found found) {
    found.inFiles.forEach(
        (name, columns) ->
            FileSchema.problems(List.of(file), columns)
                .forEach(problem -> unfit.putIfAbsent(name, problem)));
  }

  /**
   * Returns the columns that are to be read for them; models with a problem are left out.
   *
   * @param own the names of columns that are read anyway
   */
  List<ReadColumn> columns(Found found, Set<String> own) {
    List<ReadColumn> more = new ArrayList<>();
    found.columns.forEach(
        (name, read) -> {
          checks.get(name).problems().stream()
              .findFirst()
              .ifPresent(problem -> unfit.putIfAbsent(name, problem));
          if (!unfit.containsKey(name)) {
            read.forEach(
                (column, type) -> {
                  if (!own.contains(column) && !more.contains(type)) {
                    more.add(type);
                  }
                });
          }
        });
    return more;
  }
}
