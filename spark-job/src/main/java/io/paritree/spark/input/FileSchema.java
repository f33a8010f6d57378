package io.paritree.spark.input;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.parquet.schema.MessageType;

/**
 * What one file says of itself.
 *
 * @param file the file
 * @param columns its columns
 * @param rows how many rows it holds; empty where only reading tells
 * @param parquet its schema if it is Parquet, else null
 * @param onlyByRows those of its columns of which Spark can bring rows, but no batches
 */
record FileSchema(
    InputFile file,
    List<String> columns,
    OptionalLong rows,
    MessageType parquet,
    Set<String> onlyByRows) {
  FileSchema {
    columns = List.copyOf(columns);
    onlyByRows = Set.copyOf(onlyByRows);
  }
}
