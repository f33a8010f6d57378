package io.paritree.spark.input;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.parquet.schema.Type;

/**
 * The contents of one file's footer or header.
 *
 * @param file the file
 * @param columns its columns
 * @param rows how many rows it holds; empty if the whole file must be read to know it
 * @param types the types of its columns if it is Parquet; of several with one name, of the first
 * @param onlyByRows its columns that Spark can read in rows, but not in batches
 * @param unreadable what some of its columns are, so that Spark cannot read them at all, by their
 *     names
 */
record FileSchema(
    InputFile file,
    List<String> columns,
    OptionalLong rows,
    Map<String, Type> types,
    Set<String> onlyByRows,
    Map<String, String> unreadable) {
  private static final int MOST_SHOWN = 5;

  FileSchema {
    columns = List.copyOf(columns);
    types = Map.copyOf(types);
    onlyByRows = Set.copyOf(onlyByRows);
    unreadable = Map.copyOf(unreadable);
  }

  /**
   * Returns why Spark cannot read some of the columns of files: one problem for each reason, which
   * names the columns and the first of its files.
   */
  static List<String> problems(List<FileSchema> files, Set<String> names) {
    Map<String, Set<String>> columns = new LinkedHashMap<>();
    Map<String, List<String>> places = new HashMap<>();
    for (FileSchema file : files) {
      Map<String, String> own = new TreeMap<>(file.unreadable);
      own.keySet().retainAll(names);
      own.forEach(
          (name, reason) -> columns.computeIfAbsent(reason, any -> new TreeSet<>()).add(name));
      Set.copyOf(own.values())
          .forEach(
              reason ->
                  places.computeIfAbsent(reason, any -> new ArrayList<>()).add(file.file.name()));
    }

    return columns.keySet().stream()
        .map(reason -> problem(reason, List.copyOf(columns.get(reason)), places.get(reason)))
        .toList();
  }

  private static String problem(String reason, List<String> columns, List<String> files) {
    String shown =
        columns.stream().limit(MOST_SHOWN).map("'%s'"::formatted).collect(Collectors.joining(", "));
    int others = columns.size() - MOST_SHOWN;
    return "%s %s%s of file %s%s %s"
        .formatted(
            columns.size() == 1 ? "column" : "columns",
            shown,
            others > 0 ? " and %s others".formatted(others) : "",
            files.get(0),
            files.size() == 1 ? "" : " and %s more".formatted(files.size() - 1),
            columns.size() == 1 ? "is " + reason : "are " + reason);
  }
}
