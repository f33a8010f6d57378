package io.paritree.spark.run;

import io.paritree.spark.files.Encryption;
import io.paritree.spark.report.RefusedException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;

/** Makes the Spark session of a run, with the settings that the job's guarantees need. */
final class JobSession {
  private JobSession() {}

  /**
   * Returns a new session.
   *
   * @param spark any session; its settings do not change
   * @param width how many columns the run reads
   */
  static SparkSession of(SparkSession spark, int width) {
    SparkSession session = spark.newSession();
    RuntimeConfig settings = session.conf();

    // Column names and values in directory names are text, byte for byte.
    settings.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false");
    settings.set("spark.sql.caseSensitive", "true");

    // Only Spark's V1 reader numbers the rows of files; some clusters set an empty list here.
    settings.set("spark.sql.sources.useV1SourceList", "parquet");

    // Only Spark's own scans say from which file rows come.
    Accelerator.switchOff(session);

    // A damaged or missing file ends the run; it is not silently left out.
    settings.set("spark.sql.files.ignoreCorruptFiles", "false");
    settings.set("spark.sql.files.ignoreMissingFiles", "false");
    settings.set("parquet.page.verify-checksum.enabled", "true");

    settings.set("spark.sql.session.timeZone", "UTC");
    settings.set("spark.sql.parquet.datetimeRebaseModeInRead", "CORRECTED");
    settings.set("spark.sql.parquet.int96RebaseModeInRead", "CORRECTED");
    settings.set("spark.sql.parquet.datetimeRebaseModeInWrite", "CORRECTED");
    settings.set("spark.sql.parquet.int96RebaseModeInWrite", "CORRECTED");
    settings.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    settings.set("spark.sql.parquet.inferTimestampNTZ.enabled", "true");
    settings.set("spark.sql.parquet.writeLegacyFormat", "false");
    settings.set("spark.sql.parquet.mergeSchema", "false");
    settings.set("spark.sql.parquet.compression.codec", "zstd");

    // The files that a run has written to a table are read before the table's log names them.
    settings.set("spark.databricks.delta.formatCheck.enabled", "false");

    // With more columns than this, Spark's scan would return rows instead of batches.
    settings.set("spark.sql.codegen.maxFields", String.valueOf(Math.max(200, 4 * width)));
    settings.set("spark.sql.parquet.enableNestedColumnVectorizedReader", "true");
    settings.set("spark.sql.parquet.columnarReaderBatchSize", "4096");
    settings.set("spark.sql.columnVector.offheap.enabled", "false");
    settings.set("mapreduce.fileoutputcommitter.algorithm.version", "1");
    return session;
  }

  /**
   * Refuses a command whose report has values of rows, where files may be encrypted.
   *
   * @throws RefusedException if Hadoop's settings name a crypto factory
   */
  static void refuseClearText(SparkOnDemand spark, String command) throws RefusedException {
    Optional<String> problem =
        Encryption.clearTextProblem(spark.hadoopSettings(), List.of(command));
    if (problem.isPresent()) {
      throw new RefusedException(problem.get());
    }
  }
}
