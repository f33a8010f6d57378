package io.paritree.spark.run;

import org.apache.spark.sql.SparkSession;

/** The job's own session, for tests of its parts. */
public final class JobSessions {
  private JobSessions() {}

  /** Returns a session like the one of a run that reads this many columns. */
  public static SparkSession wide(SparkSession spark, int width) {
    return JobSession.of(spark, width);
  }
}
