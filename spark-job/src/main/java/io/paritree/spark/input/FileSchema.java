package io.paritree.spark.input;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.parquet.schema.Type;

/**
 * The contents of one file's footer or header.
 *
 * @param file the file
 * @param columns its columns; columns that the run reads have the names that it asks for
 * @param rows how many rows it holds; empty if the whole file must be read to know it
 * @param types the types of its columns if it is Parquet; of several with one name, of the first
 * @param onlyByRows its columns that Spark can read in rows, but not in batches
 * @param unreadable why Spark cannot read some of its columns at all, by their names
 */
record FileSchema(
    InputFile file,
    List<String> columns,
    OptionalLong rows,
    Map<String, Type> types,
    Set<String> onlyByRows,
    Map<String, String> unreadable) {
  FileSchema {
    columns = List.copyOf(columns);
    types = Map.copyOf(types);
    onlyByRows = Set.copyOf(onlyByRows);
    unreadable = Map.copyOf(unreadable);
  }

  /** Returns one problem for each of some columns that Spark cannot read. */
  List<String> problems(Set<String> names) {
    return unreadable.entrySet().stream()
        .filter(column -> names.contains(column.getKey()))
        .map(
            column ->
                "column '%s' of file %s %s"
                    .formatted(column.getKey(), file.name(), column.getValue()))
        .toList();
  }
}
