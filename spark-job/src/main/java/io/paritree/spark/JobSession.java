package io.paritree.spark;

import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;

/** The Spark session of a run: its own, with the settings that the job's promises need. */
final class JobSession {
  private JobSession() {}

  /**
   * Returns a new session.
   *
   * @param spark any session; its settings are not touched
   * @param width how many columns the run reads
   */
  static SparkSession of(SparkSession spark, int width) {
    SparkSession session = spark.newSession();
    RuntimeConfig settings = session.conf();

    // Names and values of directories are text, byte for byte.
    settings.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false");
    settings.set("spark.sql.caseSensitive", "true");

    // Only this reader numbers the rows of files; some clusters empty the list.
    settings.set("spark.sql.sources.useV1SourceList", "parquet");

    // A file that is damaged or gone ends the run; it is not left out in silence.
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

    // Above this many columns Spark's scan would bring rows instead of batches.
    settings.set("spark.sql.codegen.maxFields", String.valueOf(Math.max(200, 4 * width)));
    settings.set("spark.sql.parquet.enableNestedColumnVectorizedReader", "true");
    settings.set("spark.sql.parquet.columnarReaderBatchSize", "4096");
    settings.set("spark.sql.columnVector.offheap.enabled", "false");
    settings.set("mapreduce.fileoutputcommitter.algorithm.version", "1");
    return session;
  }
}
