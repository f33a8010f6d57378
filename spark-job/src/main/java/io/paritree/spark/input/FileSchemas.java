package io.paritree.spark.input;

import io.paritree.record.CsvLines;
import io.paritree.record.RecordFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.types.Decimal;

/** Reads the footers of Parquet files, or the header lines of CSV files, several at a time. */
final class FileSchemas {
  private static final int THREADS = 8;

  private FileSchemas() {}

  /**
   * Reads the footer or header of each file.
   *
   * @param problems receives the files that cannot be read
   * @return one schema per readable file, in the order of the files
   */
  static List<FileSchema> read(
      List<InputFile> files, InputFormat format, Configuration hadoop, List<String> problems) {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<FileSchema>> reading = new ArrayList<>();
      for (InputFile file : files) {
        reading.add(
            threads.submit(
                () -> format == InputFormat.CSV ? header(file, hadoop) : footer(file, hadoop)));
      }

      List<FileSchema> schemas = new ArrayList<>();
      for (int index = 0; index < files.size(); index++) {
        try {
          schemas.add(reading.get(index).get());
        } catch (ExecutionException e) {
          problems.add(problem(files.get(index), format, e.getCause()));
        }
      }

      return schemas;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot check the input: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static String problem(InputFile file, InputFormat format, Throwable cause) {
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return cause instanceof RecordFormatException
        ? message
        : "file %s cannot be read as %s: %s (%s)"
            .formatted(file.name(), format, message, cause.getClass().getSimpleName());
  }

  private static FileSchema footer(InputFile file, Configuration hadoop) throws IOException {
    Path path = HadoopPaths.of(file.location());
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      long rows = 0;
      for (BlockMetaData block : reader.getFooter().getBlocks()) {
        rows += block.getRowCount();
      }

      return new FileSchema(
          file,
          schema.getFields().stream().map(Type::getName).toList(),
          OptionalLong.of(rows),
          schema,
          onlyByRows(schema, reader.getFooter().getBlocks()));
    }
  }

  private static Set<String> onlyByRows(MessageType schema, List<BlockMetaData> blocks) {
    Set<String> columns = new HashSet<>();
    for (ColumnDescriptor leaf : schema.getColumns()) {
      if (isShortDecimalAsBytes(leaf.getPrimitiveType())) {
        columns.add(leaf.getPath()[0]);
      }
    }

    for (BlockMetaData block : blocks) {
      for (ColumnChunkMetaData chunk : block.getColumns()) {
        // The only encoding that Spark cannot read in batches; pyarrow writes it on request.
        if (chunk.getEncodings().contains(Encoding.BYTE_STREAM_SPLIT)) {
          columns.add(chunk.getPath().toArray()[0]);
        }
      }
    }

    return columns;
  }

  /**
   * Returns whether a column holds decimals that are written as bytes, as Avro does, although they
   * would fit into a long. Spark 4.2 fails when it reads a batch of these without a dictionary.
   */
  private static boolean isShortDecimalAsBytes(PrimitiveType type) {
    return type.getPrimitiveTypeName() == PrimitiveTypeName.BINARY
        && type.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal
        && decimal.getPrecision() <= Decimal.MAX_LONG_DIGITS();
  }

  private static FileSchema header(InputFile file, Configuration hadoop)
      throws IOException, RecordFormatException {
    Path path = HadoopPaths.of(file.location());
    try (CsvLines lines = CsvFiles.open(path, file.name(), hadoop)) {
      OptionalLong rows = hasRow(lines) ? OptionalLong.empty() : OptionalLong.of(0);
      return new FileSchema(file, lines.columns(), rows, null, Set.of());
    }
  }

  private static boolean hasRow(CsvLines lines) throws IOException {
    try {
      return lines.next();
    } catch (RecordFormatException e) {
      return true; // the task that reads the file reports what is wrong
    }
  }
}
