package io.paritree.spark.input;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.parquet.schema.MessageType;

/**
 * The contents of one file's footer or header.
 *
 * @param file the file
 * @param columns its columns
 * @param rows how many rows it holds; empty if the whole file must be read to know it
 * @param parquet its schema if it is Parquet, otherwise null
 * @param onlyByRows those of its columns that Spark can read in rows, but not in batches
 * @param unreadable why Spark cannot read some of its columns at all, by their names
 */
record FileSchema(
    InputFile file,
    List<String> columns,
    OptionalLong rows,
    MessageType parquet,
    Set<String> onlyByRows,
    Map<String, String> unreadable) {
  FileSchema {
    columns = List.copyOf(columns);
    onlyByRows = Set.copyOf(onlyByRows);
    unreadable = Map.copyOf(unreadable);
  }
}
