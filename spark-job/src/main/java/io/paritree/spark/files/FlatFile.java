package io.paritree.spark.files;

import io.paritree.spark.versions.DataPages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A Parquet file of plain columns and of lists of structs of them, the same as Parquet's own writer
 * makes from the same rows.
 *
 * <p>Values go directly to the column writers, not through Parquet's record consumer, because that
 * would take about a quarter of the time. No value is boxed, a text that is the same object as in
 * the row before is not copied again, and a {@link ConstantColumn} costs nothing per row. The
 * Parquet schema and the metadata for Spark come from Spark itself; timestamps are written
 * unchanged, in microseconds, as the job's session is configured. Not thread-safe.
 */
final class FlatFile extends ParquetFile {
  /** For each column of a row that is a list, what writes it; null for a plain one. */
  private final ListColumn[] lists;

  /** For each column of a row that is plain, what writes it. */
  private final LeafColumn[] plain;

  /** All columns that Parquet has. */
  private final List<LeafColumn> leaves = new ArrayList<>();

  private final ParquetProperties properties;
  private final MessageType schema;
  private final Map<String, String> metadata;
  private final CodecFactory codecs;
  private final CompressionCodecName codec;
  private final ParquetFileWriter file;
  private final long rowGroupBytes;
  private final ConstantColumn constant;
  private final MessageType varying;
  private ColumnChunkPageWriteStore pages;
  private ColumnWriteStore columns;
  private int rowGroups;
  private long rows;
  private long nextLook;

  /**
   * Begins a file.
   *
   * @param context the columns as Spark's write support makes them
   * @param constant the text that the last column has in all rows; null if it is not constant
   */
  @SuppressWarnings("deprecation") // what every Parquet has
  FlatFile(
      Path path,
      DigestedFile digested,
      Configuration hadoop,
      StructType types,
      WriteSupport.WriteContext context,
      String constant,
      Encryption.Columns encrypted,
      CompressionCodecName codec,
      long rowGroupBytes,
      ParquetProperties properties)
      throws IOException {
    super(path, digested);
    int count = types.size() - (constant == null ? 0 : 1);
    this.properties = properties;
    this.schema = context.getSchema();
    this.metadata = context.getExtraMetaData();
    this.constant =
        constant == null ? null : ConstantColumn.of(schema, types.fields()[count].name(), constant);
    this.varying = constant == null ? schema : this.constant.others(schema);
    this.lists = new ListColumn[count];
    this.plain = new LeafColumn[count];
    for (int at = 0; at < count; at++) {
      StructField field = types.fields()[at];
      if (ListColumn.writes(field.dataType())) {
        StructType struct = (StructType) ((ArrayType) field.dataType()).elementType();
        int first = leaves.size();
        Arrays.stream(struct.fields()).forEach(each -> add(each.dataType()));
        lists[at] = new ListColumn(field, leaves.subList(first, leaves.size()));
      } else {
        plain[at] = add(field.dataType());
      }
    }

    this.codec = codec;
    this.codecs = new CodecFactory(hadoop, properties.getPageSizeThreshold());
    this.rowGroupBytes = rowGroupBytes;
    this.file =
        new ParquetFileWriter(
            digested,
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
        .map(StructField::dataType)
        .allMatch(type -> LeafColumn.writes(type) || ListColumn.writes(type));
  }

  private LeafColumn add(DataType type) {
    ColumnDescriptor column = schema.getColumns().get(leaves.size());
    LeafColumn leaf = new LeafColumn(type, column.getMaxDefinitionLevel());
    leaves.add(leaf);
    return leaf;
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
    for (int at = 0; at < leaves.size(); at++) {
      leaves.get(at).begin(columns.getColumnWriter(schema.getColumns().get(at)));
    }

    rows = 0;
    nextLook = properties.getMinRowCountForPageSizeCheck();
  }

  @Override
  void put(InternalRow row) throws IOException {
    for (int at = 0; at < plain.length; at++) {
      if (plain[at] != null) {
        plain[at].write(row, at, 0, 0);
      } else {
        lists[at].write(row, at);
      }
    }

    columns.endRecord();
    if (++rows >= nextLook) {
      look();
    }
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
