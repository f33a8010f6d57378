package io.paritree.spark.input;

import io.paritree.record.CsvLines;
import io.paritree.record.RecordFormatException;
import io.paritree.store.CallsAtOnce;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.AEADBadTagException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.crypto.ParquetCryptoRuntimeException;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.types.Decimal;

/** Reads the footers of Parquet files, or the header lines of CSV files, several at a time. */
final class FileSchemas {
  private static final String ENCRYPTED =
      "Hadoop's settings must name a crypto factory (parquet.crypto.factory.class) that has its key";

  private FileSchemas() {}

  /**
   * Reads the footer or header of each file.
   *
   * @param names the columns that the run reads; nothing is found out about the others
   * @param calls how many files are read at the same time
   * @param problems receives the files that cannot be read
   * @param fileRead is called after each file, by several threads
   * @return one schema per readable file, in the order of the files
   */
  static List<FileSchema> read(
      List<InputFile> files,
      InputFormat format,
      Set<String> names,
      Configuration hadoop,
      CallsAtOnce calls,
      List<String> problems,
      Runnable fileRead) {
    // Most files have the same columns, which the driver has room for once, not for each file.
    Map<Object, Object> known = new ConcurrentHashMap<>();
    List<Optional<FileSchema>> schemas;
    Map<InputFile, String> unreadable = new ConcurrentHashMap<>();
    try {
      schemas =
          calls.answers(
              files,
              file -> {
                try {
                  return Optional.of(
                      format == InputFormat.CSV
                          ? header(file, hadoop)
                          : footer(file, names, hadoop, known));
                } catch (Exception | LinkageError e) {
                  unreadable.put(file, problem(file, format, e));
                  return Optional.empty();
                } finally {
                  fileRead.run();
                }
              });
    } catch (IOException e) {
      throw new IllegalStateException("Cannot check the input: interrupted", e);
    }

    files.stream().map(unreadable::get).filter(Objects::nonNull).forEach(problems::add);
    return schemas.stream().flatMap(Optional::stream).toList();
  }

  private static String problem(InputFile file, InputFormat format, Throwable cause) {
    if (cause instanceof RecordFormatException) {
      return firstLine(cause);
    }

    return isOfEncryption(cause)
        ? "file %s is encrypted, and cannot be decrypted: %s; %s"
            .formatted(file.name(), firstLine(cause), ENCRYPTED)
        : "file %s cannot be read as %s: %s (%s)%s"
            .formatted(
                file.name(),
                format,
                firstLine(cause),
                cause.getClass().getSimpleName(),
                file.name().endsWith(".csv")
                    ? "; scripts/score reads CSV with --input-format csv"
                    : "");
  }

  private static boolean isOfEncryption(Throwable cause) {
    return cause instanceof ParquetCryptoRuntimeException
        || cause instanceof AEADBadTagException
        || (cause.getCause() != null && isOfEncryption(cause.getCause()));
  }

  private static String firstLine(Throwable cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  private static FileSchema footer(
      InputFile file, Set<String> names, Configuration hadoop, Map<Object, Object> known)
      throws IOException {
    Path path = HadoopPaths.of(file.location());
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(path, hadoop),
            HadoopReadOptions.builder(hadoop, path).build())) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      Map<String, Type> types = new HashMap<>();
      schema.getFields().forEach(type -> types.putIfAbsent(type.getName(), type));
      long rows = 0;
      Set<String> onlyByRows = new HashSet<>();
      Map<String, String> unreadable = new HashMap<>();
      for (ColumnDescriptor leaf : schema.getColumns()) {
        if (isShortDecimalAsBytes(leaf.getPrimitiveType())) {
          onlyByRows.add(leaf.getPath()[0]);
        }
      }

      for (BlockMetaData block : reader.getFooter().getBlocks()) {
        rows += block.getRowCount();
        for (ColumnChunkMetaData chunk : block.getColumns()) {
          String name = chunk.getPath().toArray()[0];
          if (names.contains(name)) {
            look(chunk, name, hadoop, onlyByRows, unreadable);
          }
        }
      }

      return new FileSchema(
          file,
          shared(known, List.copyOf(schema.getFields().stream().map(Type::getName).toList())),
          OptionalLong.of(rows),
          shared(known, Map.copyOf(types)),
          shared(known, Set.copyOf(onlyByRows)),
          unreadable);
    }
  }

  /** Returns the value that equals this one and was there first. */
  @SuppressWarnings("unchecked") // equal lists, maps or sets of one method have the same type
  private static <T> T shared(Map<Object, Object> known, T value) {
    return (T) known.computeIfAbsent(value, first -> first);
  }

  /** Finds out how a column can be read; if it is encrypted, that takes its key. */
  private static void look(
      ColumnChunkMetaData chunk,
      String name,
      Configuration hadoop,
      Set<String> onlyByRows,
      Map<String, String> unreadable) {
    CompressionCodecName codec;
    try {
      codec = chunk.getCodec();
      // The only encoding that Spark cannot read in batches; pyarrow writes it on request.
      if (chunk.getEncodings().contains(Encoding.BYTE_STREAM_SPLIT)) {
        onlyByRows.add(name);
      }
    } catch (RuntimeException e) {
      // Clients of key management services throw whatever they like.
      unreadable.put(
          name, "encrypted, and cannot be decrypted: %s; %s".formatted(firstLine(e), ENCRYPTED));
      return;
    }

    CodecFactory codecs = new CodecFactory(hadoop, 0);
    try {
      codecs.getDecompressor(codec);
    } catch (RuntimeException | LinkageError e) {
      unreadable.put(
          name,
          ("compressed with %s, for which Spark has no codec here; write it with ZSTD or SNAPPY,"
                  + " or add the codec to Spark's class path")
              .formatted(codec));
    } finally {
      codecs.release();
    }
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
      return new FileSchema(file, lines.columns(), rows, Map.of(), Set.of(), Map.of());
    }
  }

  private static boolean hasRow(CsvLines lines) throws IOException {
    try {
      return lines.next();
    } catch (RecordFormatException e) {
      return true; // the task that reads the file reports the problem
    }
  }
}
