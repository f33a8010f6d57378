package io.paritree.spark.rows;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Opens Parquet files for internal rows, with Spark's own writer.
 *
 * <p>The one place that calls Spark's file format for writing; what it writes is what {@code
 * DataFrameWriter.parquet} writes. No output committer is involved: tasks write files of names that
 * no other attempt uses, and tell the driver, which takes the files of the attempts that counted.
 */
public final class ParquetWriters implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final long MIN_ROW_GROUP_BYTES = 8L << 20;
  private static final long MAX_ROW_GROUP_BYTES = 128L << 20;
  private static final long ROW_GROUP_BYTES_PER_COLUMN = 2L << 20;

  private final OutputWriterFactory factory;
  private final SerializableConfiguration hadoop;
  private final StructType schema;

  private ParquetWriters(
      OutputWriterFactory factory, SerializableConfiguration hadoop, StructType schema) {
    this.factory = factory;
    this.hadoop = hadoop;
    this.schema = schema;
  }

  /**
   * Prepares writers for rows of a schema, by the session's Parquet settings.
   *
   * @param distinct columns whose values are hardly ever the same, for which no dictionary is tried
   */
  public static ParquetWriters of(SparkSession session, StructType schema, List<String> distinct)
      throws IOException {
    Configuration settings = session.sessionState().newHadoopConf();
    for (String column : distinct) {
      settings.setBoolean(ParquetOutputFormat.ENABLE_DICTIONARY + "#" + column, false);
    }

    // A row group is kept in memory until it is full, so its size bounds what a task needs.
    long rowGroup = Math.min(MAX_ROW_GROUP_BYTES, schema.size() * ROW_GROUP_BYTES_PER_COLUMN);
    settings.setLong(ParquetOutputFormat.BLOCK_SIZE, Math.max(MIN_ROW_GROUP_BYTES, rowGroup));
    Job job = Job.getInstance(settings);
    scala.collection.immutable.Map<String, String> options =
        scala.collection.immutable.Map.from(
            scala.jdk.javaapi.CollectionConverters.asScala(Map.<String, String>of()));
    OutputWriterFactory factory =
        new ParquetFileFormat().prepareWrite(session, job, options, schema);
    return new ParquetWriters(
        factory, new SerializableConfiguration(job.getConfiguration()), schema);
  }

  /** A file that is being written. */
  static final class File {
    private final OutputWriter writer;
    private final Path path;
    private long rows;

    private File(OutputWriter writer, Path path) {
      this.writer = writer;
      this.path = path;
    }

    void write(InternalRow row) {
      try {
        writer.write(row);
      } catch (RuntimeException e) {
        throw failure(e);
      }

      rows++;
    }

    private RuntimeException failure(Throwable cause) {
      return new IllegalStateException(
          "Cannot write %s: %s".formatted(path, cause.getMessage()), cause);
    }

    long rows() {
      return rows;
    }

    String name() {
      return path.getName();
    }

    void close() {
      try {
        writer.close();
      } catch (RuntimeException e) {
        throw failure(e);
      }
    }
  }

  /** Returns the ending of the files' names, such as {@code .zstd.parquet}. */
  String extension() {
    return factory.getFileExtension(context());
  }

  /** Opens a new file. */
  File open(Path path) {
    return new File(factory.newInstance(path.toString(), schema, context()), path);
  }

  private TaskAttemptContext context() {
    TaskID task = new TaskID(new JobID("paritree", 0), TaskType.MAP, 0);
    return new TaskAttemptContextImpl(hadoop.value(), new TaskAttemptID(task, 0));
  }

  /** Writes a file without rows, so that readers find the columns of an empty partition. */
  public void writeEmpty(Path path) {
    open(path).close();
  }

  /** Returns the name of a file that is no task's. */
  public String nameOfEmpty() {
    return "part-00000-empty" + extension();
  }
}
