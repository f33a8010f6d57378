package io.paritree.spark.score;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;

/**
 * How an input is split among tasks, which decides how many output files there are: rows are not
 * shuffled, so each task writes at least one file per partition that it reads.
 *
 * <p>Spark's own rule makes a task for each core, however little there is to read, and counts each
 * file as 4 MiB longer than it is, so 200 tiny files would become many tiny outputs. And its tasks
 * read 128 MiB each, whose scores take only a tenth of that. So here a task reads at least {@link
 * #MIN_BYTES} if the input has that many. With larger inputs each core has several tasks, so that
 * no core waits long for the last task of another; each task reads {@link #USUAL_BYTES} to {@link
 * #MAX_BYTES}. Settings that the operator has given are not changed.
 */
final class InputSplits {
  private static final long MIN_BYTES = 8L << 20;
  private static final long MAX_BYTES = 1L << 30;
  private static final long USUAL_BYTES = 64L << 20;
  private static final long BYTES_TO_OPEN_A_FILE = 256L << 10;
  private static final int TASKS_PER_CORE = 4;

  private static final String LISTING_TASKS =
      "spark.sql.sources.parallelPartitionDiscovery.parallelism";

  private InputSplits() {}

  /**
   * Sets how a session splits the next input.
   *
   * @param bytes length of all files that are read
   */
  static void set(SparkSession session, long bytes) {
    int cores = session.sparkContext().defaultParallelism();
    setUnlessGiven(session, "spark.sql.files.minPartitionNum", leastTasks(bytes, cores));
    setUnlessGiven(session, "spark.sql.files.maxPartitionBytes", mostBytes(bytes, cores));
    setUnlessGiven(session, "spark.sql.files.openCostInBytes", BYTES_TO_OPEN_A_FILE);
    // Spark looks up given files by a job that has a task for each of them.
    setUnlessGiven(session, LISTING_TASKS, (long) TASKS_PER_CORE * cores);
  }

  private static void setUnlessGiven(SparkSession session, String key, long value) {
    SparkConf given = session.sparkContext().getConf();
    RuntimeConfig settings = session.conf();
    if (!given.contains(key)) {
      settings.set(key, String.valueOf(value));
    }
  }

  /** Returns the least number of tasks, if the files can be split that way. */
  static long leastTasks(long bytes, int cores) {
    return Math.max(1, Math.min(cores, bytes / MIN_BYTES));
  }

  /**
   * Returns the maximum number of bytes that one task reads, if the files can be split that way.
   */
  static long mostBytes(long bytes, int cores) {
    return Math.max(USUAL_BYTES, Math.min(MAX_BYTES, bytes / ((long) TASKS_PER_CORE * cores)));
  }
}
