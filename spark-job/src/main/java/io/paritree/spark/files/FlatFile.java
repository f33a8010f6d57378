package io.paritree.spark.files;

import io.paritree.spark.task.ColumnKind;
import io.paritree.spark.versions.DataPages;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A Parquet file of flat columns, the same as Parquet's own writer makes from the same rows.
 *
 * <p>Values go directly to the column writers, not through Parquet's record consumer, because that
 * would take about a quarter of the time. No value is boxed, a text that is the same object as in
 * the row before is not copied again, and a {@link ConstantColumn} costs nothing per row. The
 * Parquet schema and the metadata for Spark come from Spark itself; timestamps are written
 * unchanged, in microseconds, as the job's session is configured. Not thread-safe.
 */
final class FlatFile extends ParquetFile {
  private static final Set<ColumnKind> OTHERS =
      EnumSet.of(ColumnKind.DECIMAL, ColumnKind.BINARY, ColumnKind.OTHER);

  private final ColumnKind[] kinds;
  private final UTF8String[] lastTexts;
  private final Binary[] lastBinaries;
  private final ParquetProperties properties;
  private final MessageType schema;
  private final Map<String, String> metadata;
  private final CodecFactory codecs;
  private final CompressionCodecName codec;
  private final ParquetFileWriter file;
  private final long rowGroupBytes;
  private final int[] present;
  private final ConstantColumn constant;
  private final MessageType varying;
  private final ColumnWriter[] writers;
  private ColumnChunkPageWriteStore pages;
  private ColumnWriteStore columns;
  private int rowGroups;
  private long rows;
  private long nextLook;

  /**
   * Begins a file.
   *
   * @param constant the text that the last column has in all rows; null if it is not constant
   */
  @SuppressWarnings("deprecation") // what every Parquet has
  FlatFile(
      Path path,
      Configuration hadoop,
      StructType types,
      String constant,
      Encryption.Columns encrypted,
      CompressionCodecName codec,
      long rowGroupBytes,
      ParquetProperties properties)
      throws IOException {
    super(path);
    int count = types.size() - (constant == null ? 0 : 1);
    this.kinds =
        Arrays.stream(types.fields(), 0, count)
            .map(StructField::dataType)
            .map(ColumnKind::of)
            .toArray(ColumnKind[]::new);
    this.lastTexts = new UTF8String[kinds.length];
    this.lastBinaries = new Binary[kinds.length];
    this.writers = new ColumnWriter[kinds.length];
    this.properties = properties;
    WriteSupport.WriteContext context = new ParquetWriteSupport().init(hadoop);
    this.schema = context.getSchema();
    this.metadata = context.getExtraMetaData();
    this.constant =
        constant == null ? null : ConstantColumn.of(schema, types.fields()[count].name(), constant);
    this.varying = constant == null ? schema : this.constant.others(schema);
    this.present =
        schema.getColumns().stream().mapToInt(ColumnDescriptor::getMaxDefinitionLevel).toArray();
    this.codec = codec;
    this.codecs = new CodecFactory(hadoop, properties.getPageSizeThreshold());
    this.rowGroupBytes = rowGroupBytes;
    this.file =
        new ParquetFileWriter(
            HadoopOutputFile.fromPath(path, hadoop),
            schema,
            ParquetFileWriter.Mode.CREATE,
            rowGroupBytes,
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            properties.getColumnIndexTruncateLength(),
            properties.getStatisticsTruncateLength(),
            properties.getPageWriteChecksumEnabled(),
            Encryption.of(hadoop, path, context, encrypted));
    file.start();
    begin();
  }

  /** Returns whether all columns are of types that this class writes. */
  static boolean writes(StructType schema) {
    return Arrays.stream(schema.fields())
        .noneMatch(field -> OTHERS.contains(ColumnKind.of(field.dataType())));
  }

  /** Begins a row group. */
  @SuppressWarnings("deprecation")
  private void begin() {
    pages =
        new ColumnChunkPageWriteStore(
            codecs.getCompressor(codec),
            schema,
            properties.getAllocator(),
            properties.getColumnIndexTruncateLength(),
            properties.getPageWriteChecksumEnabled(),
            file.getEncryptor(),
            rowGroups);
    columns = properties.newColumnWriteStore(varying, pages, pages);
    for (int at = 0; at < writers.length; at++) {
      writers[at] = columns.getColumnWriter(schema.getColumns().get(at));
    }

    rows = 0;
    nextLook = properties.getMinRowCountForPageSizeCheck();
  }

  @Override
  void put(InternalRow row) throws IOException {
    for (int at = 0; at < kinds.length; at++) {
      if (row.isNullAt(at)) {
        writers[at].writeNull(0, 0);
      } else {
        write(row, at, writers[at], present[at]);
      }
    }

    columns.endRecord();
    if (++rows >= nextLook) {
      look();
    }
  }

  private void write(InternalRow row, int at, ColumnWriter to, int level) {
    switch (kinds[at]) {
      case LONG -> to.write(row.getLong(at), 0, level);
      case FLOAT -> to.write(row.getFloat(at), 0, level);
      case TEXT -> to.write(binary(row.getUTF8String(at), at), 0, level);
      case INT -> to.write(row.getInt(at), 0, level);
      case DOUBLE -> to.write(row.getDouble(at), 0, level);
      case SHORT -> to.write(row.getShort(at), 0, level);
      case BYTE -> to.write(row.getByte(at), 0, level);
      case BOOLEAN -> to.write(row.getBoolean(at), 0, level);
      default -> throw new IllegalStateException("Cannot write column %s".formatted(at));
    }
  }

  private Binary binary(UTF8String text, int at) {
    if (text != lastTexts[at]) {
      lastTexts[at] = text;
      lastBinaries[at] = Binary.fromConstantByteArray(text.getBytes());
    }

    return lastBinaries[at];
  }

  /**
   * Ends the row group if it is full; otherwise decides when to check again, as Parquet's writer
   * does.
   */
  private void look() throws IOException {
    long bytes = columns.getBufferedSize();
    long perRow = Math.max(1, bytes / rows);
    if (bytes > rowGroupBytes - 2 * perRow) {
      endRowGroup();
      begin();
    } else {
      long untilFull = (rowGroupBytes - bytes) / perRow;
      nextLook =
          rows
              + Math.max(
                  properties.getMinRowCountForPageSizeCheck(),
                  Math.min(properties.getMaxRowCountForPageSizeCheck(), untilFull / 2));
    }
  }

  private void endRowGroup() throws IOException {
    if (rows > 0) {
      file.startBlock(rows);
      columns.flush();
      if (constant != null) {
        constant.write(pages.getPageWriter(constant.column()), Math.toIntExact(rows));
      }

      pages.flushToFileWriter(file);
      file.endBlock();
      rowGroups++;
    }

    columns.close();
    DataPages.close(pages);
  }

  @Override
  long length() throws IOException {
    return file.getPos() + columns.getBufferedSize();
  }

  @Override
  void end() throws IOException {
    try {
      endRowGroup();
      file.end(metadata);
    } finally {
      codecs.release();
    }
  }
}
