package io.paritree.spark.files;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.input.LocalUmask;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Opens Parquet files for internal rows.
 *
 * <p>Only this class and {@link FlatFile} call Spark's file format for writing; the files are the
 * same as {@code DataFrameWriter.parquet} writes. No output committer is involved: tasks write
 * files with names that no other attempt uses and report them to the driver, which takes the files
 * of the attempts that counted.
 *
 * @param settings of Hadoop's clients, with Parquet's
 * @param schema the columns of the rows
 * @param distinct columns whose values are nearly all different
 * @param constant the text that the last column has in all rows; null if it is not constant
 * @param encrypted which columns are encrypted in files that are
 * @param ids the numbers of the columns
 */
public record ParquetWriters(
    SerializableConfiguration settings,
    StructType schema,
    ArrayList<String> distinct,
    long rowGroupBytes,
    int pageBytes,
    String constant,
    Encryption.Columns encrypted,
    FieldIds ids)
    implements Serializable {
  private static final CompressionCodecName CODEC = CompressionCodecName.ZSTD;
  private static final int MAX_PAGE_BYTES = 1 << 20;
  private static final int MIN_PAGE_BYTES = 32 << 10;

  /**
   * A file's length is checked while its last pages are not compressed yet, so pages must be small
   * parts of a file.
   */
  private static final int PAGES_PER_FILE = 64;

  private static final long MIN_ROW_GROUP_BYTES = 8L << 20;
  private static final long MAX_ROW_GROUP_BYTES = 128L << 20;
  private static final long ROW_GROUP_BYTES_PER_COLUMN = 2L << 20;

  /** Prepares writers of files of any length, with the session's Parquet settings. */
  public static ParquetWriters of(SparkSession session, StructType schema) throws IOException {
    return of(session, schema, List.of(), Long.MAX_VALUE);
  }

  /**
   * Prepares writers for rows of a schema, with the session's Parquet settings.
   *
   * @param distinct columns whose values are nearly all different; no dictionary is tried for them
   * @param bytesPerFile length at which a file is full
   */
  public static ParquetWriters of(
      SparkSession session, StructType schema, List<String> distinct, long bytesPerFile)
      throws IOException {
    LocalUmask.use(HadoopPaths.settings(session));
    Job job = Job.getInstance(HadoopPaths.settings(session));
    scala.collection.immutable.Map<String, String> options =
        scala.collection.immutable.Map$.MODULE$.empty();
    new ParquetFileFormat().prepareWrite(session, job, options, schema);

    // A row group is kept in memory until it is full, so its size bounds what a task needs.
    long rowGroup = Math.min(schema.size() * ROW_GROUP_BYTES_PER_COLUMN, MAX_ROW_GROUP_BYTES);
    return new ParquetWriters(
        new SerializableConfiguration(job.getConfiguration()),
        schema,
        new ArrayList<>(distinct),
        Math.max(MIN_ROW_GROUP_BYTES, rowGroup),
        (int) Math.max(MIN_PAGE_BYTES, Math.min(MAX_PAGE_BYTES, bytesPerFile / PAGES_PER_FILE)),
        null,
        Encryption.Columns.NAMED,
        FieldIds.NONE);
  }

  /** Returns the same writers for rows whose last column is a text with one value in all rows. */
  public ParquetWriters withLastColumn(String value) {
    return new ParquetWriters(
        settings, schema, distinct, rowGroupBytes, pageBytes, value, encrypted, ids);
  }

  /**
   * Returns the same writers for files that have the ids by which a table knows its columns.
   *
   * @param byName the id of each column by its name; of the elements of lists and the fields of
   *     structs by {@code column.element.field}
   */
  public ParquetWriters withFieldIds(Map<String, Integer> byName) {
    FieldIds own = FieldIds.of(byName);
    return new ParquetWriters(
        settings, schema, distinct, rowGroupBytes, pageBytes, constant, encrypted, own);
  }

  /**
   * Returns the same writers for files that, if they are encrypted, are encrypted in all columns.
   */
  public ParquetWriters withAllColumnsEncrypted() {
    Encryption.Columns all = Encryption.Columns.ALL;
    return new ParquetWriters(
        settings, schema, distinct, rowGroupBytes, pageBytes, constant, all, ids);
  }

  /** A file with columns that only Spark's write support can write, such as lists. */
  private static final class SparksFile extends ParquetFile {
    private final ParquetWriter<InternalRow> writer;

    private SparksFile(Path path, DigestedFile digested, ParquetWriter<InternalRow> writer) {
      super(path, digested);
      this.writer = writer;
    }

    @Override
    void put(InternalRow row) throws IOException {
      writer.write(row);
    }

    @Override
    long length() {
      return writer.getDataSize();
    }

    @Override
    void end() throws IOException {
      writer.close();
    }
  }

  private static final class Builder extends ParquetWriter.Builder<InternalRow, Builder> {
    private final FieldIds ids;

    private Builder(DigestedFile file, FieldIds ids) {
      super(file);
      this.ids = ids;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract, so it must be overridden
    protected WriteSupport<InternalRow> getWriteSupport(Configuration hadoop) {
      return new ParquetWriteSupport() {
        @Override
        public WriteContext init(Configuration settings) {
          return ids.in(super.init(settings));
        }
      };
    }
  }

  /** Returns the extension of the files' names. */
  public String extension() {
    return CODEC.getExtension() + ".parquet";
  }

  /** Returns the settings of Hadoop's clients. */
  public Configuration hadoop() {
    return settings.value();
  }

  /** Returns the columns of a file. */
  public MessageType columns() {
    return context().getSchema();
  }

  /** Returns the columns of a file as Spark's write support makes them. */
  WriteSupport.WriteContext context() {
    return ids.in(new ParquetWriteSupport().init(hadoop()));
  }

  /** Returns how a file is encrypted; null if it is not. */
  FileEncryptionProperties encryption(Path path) {
    return Encryption.of(hadoop(), path, context(), encrypted);
  }

  public ParquetFile open(Path path) {
    try {
      LocalUmask.use(hadoop());
      return FlatFile.writes(schema) ? flat(path) : sparks(path);
    } catch (IOException | RuntimeException | FSError e) {
      throw ParquetFile.failure(path, e);
    }
  }

  private ParquetFile flat(Path path) throws IOException {
    ParquetProperties.Builder properties = ParquetProperties.builder().withPageSize(pageBytes);
    distinct.forEach(column -> properties.withDictionaryEncoding(column, false));
    return new FlatFile(
        path,
        new DigestedFile(path, hadoop()),
        hadoop(),
        schema,
        context(),
        constant,
        encrypted,
        CODEC,
        rowGroupBytes,
        properties.build());
  }

  private ParquetFile sparks(Path path) throws IOException {
    DigestedFile digested = new DigestedFile(path, hadoop());
    Builder builder =
        new Builder(digested, ids)
            .withConf(hadoop())
            .withCompressionCodec(CODEC)
            .withRowGroupSize(rowGroupBytes)
            .withPageSize(pageBytes)
            .withEncryption(encryption(path));
    distinct.forEach(column -> builder.withDictionaryEncoding(column, false));
    return new SparksFile(path, digested, builder.build());
  }

  /**
   * Writes a file without rows, so that readers find the columns of an empty partition.
   *
   * @return its SHA-256
   */
  public String writeEmpty(Path path) {
    ParquetFile file = open(path);
    file.close();
    return file.sha256();
  }

  /** Returns the name of a run's file without rows, which no task writes. */
  public String nameOfEmpty(String run) {
    return "part-00000-%s-empty".formatted(run) + extension();
  }
}
